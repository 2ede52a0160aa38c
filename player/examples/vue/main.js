import { createApp } from 'vue';
import Avatar from './Avatar.vue';

const src = new URLSearchParams(location.search).get('src') ?? '';
createApp(Avatar, { src }).mount('#app');
