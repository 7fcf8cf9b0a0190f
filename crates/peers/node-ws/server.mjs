// Echo server on ws, after "Simple server" of its README: every message goes
// back as it came.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { WebSocketServer } from 'ws';

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const BACKLOG = 4096;

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:0' },
    threads: { type: 'string', default: '1' },
    variant: { type: 'string', default: 'default' },
    keep: { type: 'string', default: '0' },
  },
});
const { variant } = values;
if (!['default', 'compressed'].includes(variant)) {
  throw new Error(`echo-node-ws has no variant ${variant}: use --variant default or compressed`);
}
const settings = { maxPayload: MAX_MESSAGE_BYTES };
if (variant === 'compressed') settings.perMessageDeflate = true;
const [, host, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(values.listen);
const keep = Number(values.keep);

const server = new WebSocketServer({
  host,
  port: Number(port),
  backlog: BACKLOG,
  ...settings,
});

server.on('connection', (socket) => {
  const kept = [];
  // A connection's failure ends that connection; nothing is logged.
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    if (keep > 0) {
      if (kept.length === keep) kept.shift();
      kept.push(data);
    }
    socket.send(data, { binary: isBinary });
  });
});

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

server.on('listening', () => {
  const { address, family, port } = server.address();
  print({
    event: 'ready',
    address: family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`,
    protocol: 'websocket',
    library: 'ws',
    version: createRequire(import.meta.url)('ws/package.json').version,
    runtime: 'node',
    variant,
    threads: 1,
    keep,
    options: Object.entries(settings).map(([name, value]) => ({ name, value: String(value) })),
  });
});

const commands = createInterface({ input: process.stdin });
commands.on('line', (command) => {
  if (command === 'count on' || command === 'count off') {
    print({ event: 'counting', on: command === 'count on' });
  } else if (command === 'stats') {
    // V8 tells no one how often it allocates.
    print({
      event: 'stats',
      allocations: null,
      reallocations: null,
      frees: null,
      allocated_bytes: null,
      live_bytes: null,
      peak_live_bytes: null,
    });
  } else {
    print({ event: 'error', message: `unknown command: ${command}` });
  }
});
commands.on('close', () => process.exit(0));
