/** What lies below the edge of the screen is asked for when it comes into view. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** @returns {[import('preact').RefObject<HTMLElement | null>, boolean]} for the element, and whether it has been seen */
export function useInView() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setSeen(true);
        observer.disconnect();
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, isSeen];
}
