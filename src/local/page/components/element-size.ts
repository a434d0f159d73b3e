/** The current size of an element as a signal. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

export function useElementSize(element: {
  readonly current: Element | null;
}): ReadonlySignal<ElementSize> {
  const size = useSignal<ElementSize>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = observed;
      if (width !== size.peek().width || height !== size.peek().height) {
        size.value = { width, height };
      }
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(observed);
    return () => observer.disconnect();
  }, []);
  return size;
}
