/** Locators for the task list and the panel. */
import type { Locator, Page } from 'playwright-core';

export function rowsOf(page: Page): Locator {
  return page.locator('tr.line');
}

/** The rows with this text, from top to bottom. */
export function rowOf(page: Page, text: string): Locator {
  return rowsOf(page).filter({ hasText: text });
}

/** The visible inputs, from top to bottom. */
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
