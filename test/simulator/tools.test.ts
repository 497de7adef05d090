/** An agent that runs in demo mode must come to no harm: the simulated model calls little, and nothing that acts. */
import { describe, expect, it } from 'vitest';
import { chooseToolCalls, type ToolChoice } from '../../src/simulator/tools.ts';

const tool = (name: string) => ({ name, schema: {} });
const called = (names: string[], prompt: string, choice: ToolChoice = 'auto') =>
  chooseToolCalls(names.map(tool), choice, prompt, true).map(({ name }) => name);

it('tools named in the last words are called, in the order of the words', () => {
  expect(called(['get_time', 'get_weather'], 'Use get_weather, then get_time.')).toEqual([
    'get_weather',
    'get_time',
  ]);
});

it.each([
  ['a part of another word', ['read', 'list'], 'I already enlisted'],
  ['a part of a longer name', ['read'], 'call read_file'],
  ['one that runs something', ['bash', 'runTests', 'exec_command'], 'call bash, runTests and exec_command'],
  ['one that writes', ['write', 'apply_patch', 'createFile'], 'write with apply_patch or createFile'],
  ["an agent's, of which there are many", ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'], 'use a1'],
])('not %s', (_what, names, prompt) => {
  expect(called(names, prompt)).toEqual([]);
});

describe('a tool that is forced is called', () => {
  it('whatever it does', () => {
    expect(called(['bash'], 'list the files', { name: 'bash' })).toEqual(['bash']);
  });

  it('and of several that may be, the first', () => {
    expect(called(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'], 'hello', 'required')).toEqual(['a1']);
  });
});
