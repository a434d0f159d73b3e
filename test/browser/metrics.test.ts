import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { startForTest } from '../local/platform-client.ts';
import { noBrowser, openPage } from './browser.ts';
import { report } from './reports.ts';

describe.skipIf(noBrowser)('metrics', () => {
  test('show task counts, success rate, durations, tokens and tools', async () => {
    const { url } = await startWithTasks();

    const { page, violations } = await openPage(`${url}/metrics`);
    await tile(page, 'Tasks').getByText('20', { exact: true }).waitFor();

    expect(await tile(page, 'Success rate').innerText()).toContain('95.0%');
    expect(await tile(page, 'Duration p50').innerText()).toContain('10.00 s');
    expect(await tile(page, 'Duration p95').innerText()).toContain('19.00 s');
    expect(await tile(page, 'Tokens').innerText()).toContain('2,200');
    expect(await bars(page, 'Tokens per model')).toEqual([
      ['claude-sonnet-4-5', '1,000', '100'],
      ['gpt-5-mini', '1,000', '100'],
    ]);
    expect(await bars(page, 'Tokens per agent')).toEqual([
      ['agent-0', '1,000', '100'],
      ['agent-1', '1,000', '100'],
    ]);
    expect(await bars(page, 'Tools by use')).toEqual([
      ['search', '20'],
      ['book', '5'],
    ]);
    expect(violations).toEqual({ dialogs: [], foreign: [], errors: [] });
  });

  test('show charts with tooltips and tables', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(`${url}/metrics?range=15m`);
    const chart = page.getByRole('figure', { name: 'Tasks' }).or(page.locator('.chart')).first();
    await chart.locator('canvas').waitFor();

    const colours = await chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(
        Array.from({ length: data.length / 4 }, (_, at) => data.slice(at * 4, at * 4 + 3).join()),
      ).size;
    });
    const box = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width - 10, box.y + box.height / 2);
    const tooltip = await chart.locator('.chart-tooltip').innerText();
    await chart.getByText('Table').click();
    const cells = await chart.locator('tbody tr').last().locator('td').allInnerTexts();

    expect(colours).toBeGreaterThan(3);
    expect(tooltip).toMatch(/Failed\s*1\s*Completed\s*19/);
    expect(cells).toEqual(['1', '19']);
  });

  test('filter by time and agent and keep both in the URL', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(`${url}/metrics`);
    await tile(page, 'Tasks').getByText('20', { exact: true }).waitFor();

    await page.getByLabel('Agent').selectOption({ label: 'agent-1' });
    await tile(page, 'Tasks').getByText('10', { exact: true }).waitFor();
    for (const label of ['Last 15 minutes', 'Last hour', 'Last 7 days', 'All time']) {
      await page.getByLabel('Time').selectOption({ label });
      await tile(page, 'Tasks').getByText('10', { exact: true }).waitFor();
    }

    expect(page.url()).toBe(`${url}/metrics?agent=agent-1&range=all`);
    await page.getByLabel('Time').selectOption('custom');
    await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');
    await page
      .getByText('The local platform responded with 422')
      .or(tile(page, 'Tasks').getByText('0', { exact: true }))
      .first()
      .waitFor();
  });

  test('update when a task is reported', async () => {
    const { url } = await startWithTasks();
    const { page } = await openPage(`${url}/metrics`);
    await tile(page, 'Tasks').getByText('20', { exact: true }).waitFor();

    await report(url, 'agent-0', { input: 'one more' });

    await tile(page, 'Tasks').getByText('21', { exact: true }).waitFor();
    expect(await tile(page, 'Tasks').innerText()).toContain('1 failed');
  });

  test('show an empty state without tasks', async () => {
    const { url } = await startForTest();

    const { page, violations } = await openPage(`${url}/metrics?range=all`);
    await tile(page, 'Tasks').getByText('0', { exact: true }).waitFor();

    expect(await tile(page, 'Success rate').innerText()).toContain('–');
    expect(await page.getByText('No tools were used in this time range.').count()).toBe(1);
    expect(violations.errors).toEqual([]);
  });
});

async function startWithTasks(): Promise<{ readonly url: string }> {
  const { url } = await startForTest();
  for (let task = 1; task <= 20; task++) {
    await report(url, `agent-${task % 2}`, {
      input: `task ${task}`,
      is_success: task !== 7,
      duration: task,
      tokens: { prompt_tokens: 100, completion_tokens: 10 },
      used_tools: task % 4 === 0 ? ['search', 'book'] : ['search'],
      llm_response: { model: task % 2 === 0 ? 'claude-sonnet-4-5' : 'gpt-5-mini' },
    });
  }
  return { url };
}

function tile(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator('.tile', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
}

/** The texts of a bar table's rows. */
function bars(page: Page, title: string): Promise<string[][]> {
  return page
    .locator('.bars', { hasText: title })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('th bdi, td')].map((cell) => cell.textContent ?? ''),
      ),
    );
}
