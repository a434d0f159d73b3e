// Lets a function break its extension's connection to Lambda, as a network does, when the next
// event is being waited for. To be loaded before the function.
import { Socket } from 'node:net';

// By then the request is out, and no event is there yet.
const afterMs = 20;
let isToBeLost = false;

globalThis.loseNext = () => {
  isToBeLost = true;
};

const { write } = Socket.prototype;
Socket.prototype.write = function (data, ...rest) {
  if (isToBeLost && String(data).includes('/extension/event/next')) {
    isToBeLost = false;
    setTimeout(() => {
      this.destroy();
      console.log('The connection is broken.');
    }, afterMs);
  }
  return write.call(this, data, ...rest);
};
