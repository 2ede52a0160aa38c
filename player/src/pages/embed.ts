import { ThroughlinePlayer } from '../element/index.ts';
import { find } from './dom.ts';

/** Attributes that whoever embeds the page may set in its query. */
const SETTINGS = ['latency', 'start', 'accent-color', 'autoplay', 'video-title', 'poster'] as const;

/** `/embed/:id`; the query carries the token that the stream wants, if any, and settings of the player. */
const query = new URLSearchParams(location.search);
const player = find('player', ThroughlinePlayer);
for (const name of SETTINGS) {
  const value = query.get(name);
  if (value !== null) {
    player.setAttribute(name, value);
    query.delete(name);
  }
}
player.captions = query.get('captions') !== 'off';
query.delete('captions');
const token = query.get('token');
query.delete('token');
const live = location.pathname.replace(/\/embed\/([^/]+)\/?$/, '/live/$1');
const path = `${live}${token === null ? '' : `/~${token}`}/index.m3u8`;
player.src = query.size === 0 ? path : `${path}?${query}`;
