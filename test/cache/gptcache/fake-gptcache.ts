/**
 * As unhelpful as gptcache_server 0.1.44: the nearest row counts when its cosine is at least 0.6, the reply says neither
 * whose question it was nor how near, every put is a new row, and nothing can be deleted.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault = 'hang' | 'reset' | '500' | 'html' | 'huge' | 'redirect';

const DIMENSIONS = 256;
const MAX_DISTANCE = 0.8;

export async function fakeGptCache() {
  const rows: { prompt: string; answer: string; vector: number[] }[] = [];
  const calls = { get: 0, put: 0 };
  const control: { fault?: Fault | undefined } = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = (status: number, value: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json', server: 'uvicorn' });
        response.end(JSON.stringify(value));
      };
      if (request.url === '/put') calls.put++;
      if (request.url === '/get') calls.get++;
      if (control.fault === 'hang') return;
      if (control.fault === 'reset') return void request.socket.destroy();
      if (control.fault === '500') return void response.writeHead(500).end('Internal Server Error');
      if (control.fault === 'html') return void response.end('<html>proxy</html>');
      if (control.fault === 'huge') return void response.end(`"${'x'.repeat(3_000_000)}"`);
      if (control.fault === 'redirect') return void response.writeHead(307, { location: '/elsewhere' }).end();
      const { prompt, answer } = JSON.parse(Buffer.concat(chunks).toString()) as {
        prompt: unknown;
        answer?: string;
      };
      if (typeof prompt !== 'string') {
        const msg = 'Input should be a valid string';
        return json(422, { detail: [{ type: 'string_type', loc: ['body', 'prompt'], msg, input: prompt }] });
      }
      if (request.url === '/put') {
        if (answer) rows.push({ prompt, answer, vector: embed(prompt) });
        return json(200, 'successfully update the cache');
      }
      json(200, { prompt, answer: nearest(embed(prompt)) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    rows,
    calls,
    control,
    put: (prompt: string, answer: string) => void rows.push({ prompt, answer, vector: embed(prompt) }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };

  function nearest(vector: number[]): string | null {
    let best: { distance: number; answer: string } | undefined;
    for (const row of rows) {
      const distance = row.vector.reduce((sum, value, at) => sum + (value - vector[at]!) ** 2, 0);
      if (!best || distance < best.distance) best = { distance, answer: row.answer };
    }
    return best && best.distance <= MAX_DISTANCE ? best.answer : null;
  }
}

/** A hashed bag of words as a unit vector. */
function embed(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().match(/[\w+#.]+/g) ?? []) {
    let hash = 7;
    for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    vector[hash % DIMENSIONS]! += 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
