/** What is chosen on a page is in its address, so that it can be sent to somebody and the back button works. */
import { useCallback, useEffect, useState } from 'preact/hooks';

/** @returns {Record<string, string>} */
function read() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/**
 * @returns {[Record<string, string>, (changes: Record<string, string | undefined>, options?: { replace?: boolean }) => void]}
 * the values of the address, and how to change them; what becomes empty leaves it
 */
export function useAddress() {
  const [values, setValues] = useState(read);
  useEffect(() => {
    const onBack = () => setValues(read());
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  const change = useCallback(
    /** @param {Record<string, string | undefined>} changes @param {{ replace?: boolean }} [options] */
    (changes, { replace = false } = {}) => {
      const next = Object.fromEntries(Object.entries({ ...read(), ...changes }).filter(([, value]) => value));
      const text = new URLSearchParams(/** @type {Record<string, string>} */ (next)).toString();
      history[replace ? 'replaceState' : 'pushState'](null, '', location.pathname + (text && `?${text}`));
      setValues(read());
    },
    [],
  );
  return [values, change];
}
