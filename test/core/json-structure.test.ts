import { expect, it } from 'vitest';
import { Marks, measureStructure } from '../../src/core/json-structure.ts';

it('reads a text of too many items no further, and keeps no places of them', () => {
  const marks = new Marks();
  const text = `{"messages":[${'0,'.repeat(1_000_000)}0]}`;
  const { items } = measureStructure(text, 256, marks, 1_000);
  expect(items).toBe(1_001);
  expect(marks.places.length).toBeLessThan(1_010);
});

it('counts different names apart from those that are there again and again', () => {
  const again = JSON.stringify(Array(50_000).fill({ name: 1 }));
  const different = JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [at, 1])));
  expect(measureStructure(again, 256).differentNames).toBeLessThan(10);
  expect(measureStructure(different, 256).differentNames).toBeGreaterThan(40_000);
});
