import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { report } from './reports.ts';
import { panelOf, rowOf, rowsOf } from './task-list.ts';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

describe.skipIf(noBrowser)('appearance', () => {
  test('uses the theme of the system or the selected theme after a reload', async () => {
    const { url } = await startForTest();
    const { page } = await openPage(url, { colorScheme: 'dark' });
    await page.getByText('No tasks yet').waitFor();
    const asSystem = await background(page);

    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => background(page)).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    await expect.poll(() => background(page)).toBe('rgb(14, 15, 18)');
    const chosen = await background(page);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();

    expect([asSystem, chosen]).toEqual(['rgb(14, 15, 18)', 'rgb(14, 15, 18)']);
    await expect.poll(() => background(page)).toBe(chosen);
  });

  test('fits a phone without overflow and shows a task on the whole screen', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(url, { viewport: { width: 360, height: 640 } });
    await rowsOf(page).first().waitFor();

    const list = await overflow(page);
    await rowOf(page, 'question').click();
    await page.locator('.error-message').waitFor();
    const panel = await overflow(page);
    const width = (await panelOf(page).boundingBox())!.width;
    await page.getByRole('button', { name: 'Close task' }).click();
    await rowOf(page, 'question').waitFor();
    await page.goto(`${url}/metrics`);
    await page.locator('canvas').first().waitFor();

    expect([list, panel, await overflow(page)]).toEqual([0, 0, 0]);
    expect(width).toBe(360);
  });

  test.each(['light', 'dark'] as const)(
    'has no accessibility violations in the %s theme',
    async (colorScheme) => {
      const { url } = await startWithTasks();
      const { page } = await openPage(url, { colorScheme });
      const flaws: Record<string, unknown> = {};

      await rowsOf(page).first().waitFor();
      flaws['list'] = await axe(page);
      await page.keyboard.press('?');
      flaws['help'] = await axe(page);
      await page.keyboard.press('Escape');
      await rowOf(page, 'question').click();
      await page.locator('.error-message').waitFor();
      await unfoldAll(page);
      await page.locator('.headers').waitFor();
      flaws['task'] = await axe(page);
      await page.goto(`${url}/?text=nothing`);
      await page.getByText('No matching tasks').waitFor();
      flaws['nothing found'] = await axe(page);
      await page.goto(`${url}/metrics`);
      await page.locator('canvas').first().waitFor();
      await unfoldAll(page);
      await page.locator('.chart-table table').nth(2).waitFor();
      flaws['metrics'] = await axe(page);

      expect(flaws).toEqual({ list: [], help: [], task: [], 'nothing found': [], metrics: [] });
    },
  );

  test('has no accessibility violations in the empty state', async () => {
    const { url } = await startForTest();
    const { page } = await openPage(url, { viewport: { width: 360, height: 640 } });
    await page.getByText('No tasks yet').waitFor();

    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
});

async function startWithTasks(): Promise<{ readonly url: string }> {
  const { url } = await startForTest();
  await report(url, 'trip-planner', {
    input: 'answered',
    result: '{"a":[1,"two",null,true]}',
    tokens: { prompt_tokens: 10, completion_tokens: 2 },
    used_tools: ['search_flights', 'search_hotels'],
    llm_response: { model: 'm', content: ['x'.repeat(900)] },
  });
  for (const duration of [1, 2]) {
    await report(url, 'a-rather-long-name-of-an-agent-that-does-not-fit', {
      id: 'an-id-that-is-quite-long-as-well-0123456789-0123456789',
      input: 'question',
      result: `ToolError: ${'long '.repeat(40)}\nCaused by: Error: x\n    at f (/var/task/${'y'.repeat(200)}.js:1:1)`,
      is_success: false,
      duration,
    });
  }
  return { url };
}

async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const folded of document.querySelectorAll('details')) folded.open = true;
  });
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** Horizontal overflow in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Evaluated by the debugger, to which the content security policy does not apply. */
async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: {
          run: () => Promise<{
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      }
    ).axe.run();
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
    );
  });
}
