import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Avatar } from './avatar.tsx';

const root = document.getElementById('root');
const src = new URLSearchParams(location.search).get('src') ?? '';
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Avatar src={src} />
    </StrictMode>,
  );
}
