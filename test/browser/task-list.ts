/** What stands on the page, as tests ask for it. */
import type { Locator, Page } from 'playwright-core';

export function rowsOf(page: Page): Locator {
  return page.locator('tr.line');
}

/** The row with this text, the one on top first. */
export function rowOf(page: Page, text: string): Locator {
  return rowsOf(page).filter({ hasText: text });
}

/** The inputs in sight, from top to bottom. */
export function shownInputs(page: Page): Promise<string[]> {
  return rowsOf(page).evaluateAll((rows) =>
    rows
      .map((row) => ({
        top: row.getBoundingClientRect().top,
        text: row.querySelector('.cell.input a')?.textContent ?? '',
      }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text),
  );
}

export function panelOf(page: Page): Locator {
  return page.getByRole('complementary');
}

export async function scrollList(page: Page, top: number): Promise<void> {
  await page.locator('.list').evaluate((list, to) => {
    list.scrollTop = to;
  }, top);
}
