/**
 * Takes the screenshots for the README: run `node test/browser/screenshots.ts` after
 * `npm run build`.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { chromiumPath } from './chromium-path.ts';
import { writeOlderDatabase } from './older-database.ts';
import { report } from './reports.ts';
import { failedBooking, travelReports } from './travel-company.ts';

const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
const databaseFile = join(folder, 'tasks.db');
const size = { width: 1280, height: 760 };

writeOlderDatabase(
  databaseFile,
  travelReports(2600, 24).map(({ agentId, ageSeconds, body }) => ({
    agentId,
    id: body.id,
    ageSeconds,
    report: JSON.stringify(body),
  })),
);
const executablePath = chromiumPath();
if (executablePath === undefined) throw new Error('Chromium not found. Set CHROMIUM_PATH.');
mkdirSync(images, { recursive: true });
const platform = await startLocalPlatform({ databaseFile });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const attempt of failedBooking) {
    await report(platform.url, attempt.agentId, attempt.body);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await takePictures(browser, colorScheme);
  }
} finally {
  await browser.close();
  await platform.close();
  rmSync(folder, { recursive: true });
}

async function takePictures(chromium: Browser, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await chromium.newContext({
    viewport: size,
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Lisbon',
  });
  const page = await context.newPage();
  await page.goto(platform.url);
  await page.locator('.connection.live').waitFor();
  await page.locator('tr.line', { hasText: 'TRV-88213' }).first().click();
  await page.locator('.panel .error-message').waitFor();
  await page.mouse.move(size.width / 2, size.height - 5);
  await picture(`task-history-${colorScheme}.png`);

  await page.goto(`${platform.url}/metrics`);
  const plot = page.locator('.u-over').first();
  await plot.waitFor();
  await page.waitForFunction(() => document.fonts.status === 'loaded');
  const box = await plot.boundingBox();
  if (box !== null) await page.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.4);
  await picture(`metrics-${colorScheme}.png`);
  await context.close();

  async function picture(file: string): Promise<void> {
    await page.screenshot({ path: images + file });
    console.log(`${file}: ${(statSync(images + file).size / 1000).toFixed(0)} kB`);
  }
}
