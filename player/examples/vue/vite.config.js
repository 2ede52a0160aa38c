import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  // Vue asks which tags are none of its own.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'throughline-player' } } })],
});
