// Sets the wall clock ahead by what `CLOCK_FILE` says, which the test changes during a freeze.
'use strict';
const { openSync, readSync } = require('node:fs');

const { CLOCK_FILE } = process.env;
if (CLOCK_FILE) {
  const clock = openSync(CLOCK_FILE);
  const ahead = Buffer.alloc(8);
  const systemNow = Date.now;
  Date.now = () => {
    readSync(clock, ahead, 0, 8, 0);
    return systemNow() + ahead.readDoubleLE();
  };
}
