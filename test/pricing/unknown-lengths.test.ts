import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/core/openai-types.ts';
import { promptBound } from '../../src/pricing/bounds.ts';
import { findUnknownLength } from '../../src/pricing/unknown-lengths.ts';

const asking = (part: object, more: object = {}) =>
  ({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'https://x.test is read as text' }, part] }],
    stream: false,
    ...more,
  }) as unknown as ChatRequest;

describe('of unknown length is', () => {
  it.each([
    [{ type: 'video_url', video_url: { url: 'https://x.test/film.mp4' } }],
    [{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } }],
    [{ type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } }],
    [{ type: 'file', file: { file_url: 'https://x.test/a.pdf' } }],
    [{ type: 'file', file: { file_id: 'file-1' } }],
    [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }],
    [{ type: 'input_file', file_url: 'https://x.test/a.pdf' }],
    [{ type: 'input_audio', input_audio: { data: 'https://x.test/a.wav', format: 'wav' } }],
    [{ type: 'container_upload', file_id: 'file-1' }],
  ])('%j', (part) => {
    expect(findUnknownLength(asking(part))).toBe('messages.0.content.1');
  });

  it.each([
    ['messages.0.images', { messages: [{ role: 'user', content: 'x', images: ['https://x.test/a.png'] }] }],
    ['messages.0.audio', { messages: [{ role: 'assistant', content: null, audio: { id: 'audio_1' } }] }],
    ['documents', { documents: [{ url: 'https://x.test/a.pdf' }] }],
  ])('%s', (field, request) => {
    expect(findUnknownLength(asking({ type: 'text', text: 'x' }, request))).toBe(field);
  });
});

describe('of known length is', () => {
  it.each([
    [{ type: 'text', text: 'see https://x.test' }],
    [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }],
    [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
    [{ type: 'file', file: { file_data: 'data:text/plain;base64,AAAA' } }],
  ])('%j', (part) => {
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { $id: 'https://x.test/schema' } } },
    ];
    expect(findUnknownLength(asking(part, { tools }))).toBeUndefined();
  });
});

describe('the bound of a picture', () => {
  const bound = (image: object) =>
    promptBound(asking({ type: 'image_url', image_url: image })) -
    promptBound(asking({ type: 'text', text: '' }));

  it('is that of the largest, however few its bytes and wherever it lies', () => {
    expect(bound({ url: 'https://x.test/a.png' })).toBeGreaterThan(48_000);
    expect(bound({ url: 'data:image/png;base64,AAAA' })).toBe(
      bound({ url: `data:image/png;base64,${'A'.repeat(100_000)}` }),
    );
  });

  it('counts what else is written there', () => {
    expect(bound({ url: 'x', note: 'many words '.repeat(1_000) })).toBeGreaterThan(48_000 + 11_000);
    expect(bound({ url: 'many words '.repeat(1_000) })).toBeGreaterThan(48_000 + 11_000);
  });
});
