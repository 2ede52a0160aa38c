/** Asks for the API key, until there is one: without it the page can do nothing. */
export function keyDialog(wasRefused: boolean): Promise<string> {
  const dialog = document.createElement('dialog');
  dialog.className = 'key-dialog';
  dialog.innerHTML = `
    <form method="dialog">
      <h2 id="key-title">This server wants an API key</h2>
      <p role="alert"></p>
      <label>API key <input type="password" autocomplete="current-password" required spellcheck="false" /></label>
      <p class="key-hint">Kept until this tab is closed.</p>
      <button class="button" type="submit">Go on</button>
    </form>`;
  dialog.setAttribute('aria-labelledby', 'key-title');
  const problem = dialog.querySelector('[role=alert]');
  if (problem !== null && wasRefused) problem.textContent = 'That key was not accepted.';
  document.body.append(dialog);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.showModal();
  const input = dialog.querySelector('input');
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(input?.value.trim() ?? '');
    });
  });
}
