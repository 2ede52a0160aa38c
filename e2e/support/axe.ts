import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What keeps somebody from using a page as it is now, by axe's judgement: rule, and the elements that break it.
 *
 * @param without - Rules that do not hold for such a page.
 */
export async function axeFaults(page: Page, without: readonly string[] = []): Promise<string[]> {
  // The page's own policy keeps scripts out that it did not bring.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return await page.evaluate(async (passedOver) => {
    type Result = { violations: { id: string; nodes: { html: string }[] }[] };
    const { axe } = window as unknown as { axe: { run(): Promise<Result> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ id }) => !passedOver.includes(id))
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`);
  }, without);
}
