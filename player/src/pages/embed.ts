import { attachPlayer, type Connection } from '../player.ts';
import { find, setText } from './dom.ts';
import { SoundButton } from './sound-button.ts';

const video = find('video', HTMLVideoElement);
const note = find('note', HTMLElement);
const sound = new SoundButton(video);

const NOTES: Record<Connection, string> = {
  ok: '',
  reconnecting: 'Reconnecting…',
  gone: 'This stream is not available.',
};

function tell(text: string): void {
  setText(note, text);
  note.hidden = text === '';
}

/** `/embed/:id`; the query carries the token that the stream wants, if any. */
const id = location.pathname.split('/').filter(Boolean).at(-1) ?? '';
const player = attachPlayer(video, {
  captions: true,
  src: `/live/${id}/index.m3u8${location.search}`,
  // A player that still has media to show needs no words over it.
  onConnection: (connection) => tell(connection === 'ok' || video.readyState < 3 ? NOTES[connection] : ''),
  onStart: (start) => sound.show(player, start),
});
video.addEventListener('ended', () => tell('The stream has ended.'));
