import { useRef, useState } from 'react';
import type { ThroughlineEvents, ThroughlinePlayer } from 'throughline/player';
import 'throughline/player';

// React 19 sets attributes, properties and listeners of custom elements by itself; TypeScript wants to know which there are.
declare module 'react' {
  // biome-ignore lint/style/noNamespace: that is where React looks for them
  namespace JSX {
    interface IntrinsicElements {
      'throughline-player': DetailedHTMLProps<HTMLAttributes<ThroughlinePlayer>, ThroughlinePlayer> & {
        src: string;
        autoplay?: 'any' | 'muted' | '';
        captions?: boolean;
        onchunkstart?: (event: ThroughlineEvents['chunkstart']) => void;
        onchunkend?: (event: ThroughlineEvents['chunkend']) => void;
      };
    }
  }
}

/** A face that talks, what it says, and a button that stops it. */
export function Avatar({ src }: { src: string }) {
  const player = useRef<ThroughlinePlayer>(null);
  const [said, setSaid] = useState('');
  const interrupt = () => player.current?.interrupt(async () => (await fetch('/interrupt', { method: 'POST' })).json());

  return (
    <main style={{ maxWidth: '32rem', margin: '1rem auto', padding: '0 1rem', fontFamily: 'system-ui, sans-serif' }}>
      <h1>Throughline in React</h1>
      <throughline-player
        ref={player}
        src={src}
        autoplay="any"
        captions
        onchunkstart={(event) => setSaid(event.detail.text)}
      />
      <p>
        <button type="button" onClick={interrupt}>
          Interrupt
        </button>
        <output>{said}</output>
      </p>
    </main>
  );
}
