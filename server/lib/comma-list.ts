/** What stands between commas, without the blanks around it; what is empty is none. */
export function commaList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
