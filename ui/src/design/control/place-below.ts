const gap = 4;
const edge = 8;
const wantedHeight = 288;

/** Keeps a popover under its anchor, or above it where there is more room, until the returned function is called. */
export const placeBelow = (anchor: HTMLElement, popover: HTMLElement): (() => void) => {
  const place = (): void => {
    const box = anchor.getBoundingClientRect();
    const below = innerHeight - box.bottom - gap - edge;
    const above = box.top - gap - edge;
    const upwards = below < Math.min(wantedHeight, popover.scrollHeight) && above > below;
    const height = Math.min(wantedHeight, upwards ? above : below);
    popover.style.left = `${String(Math.max(edge, box.left))}px`;
    popover.style.width = `${String(Math.min(box.width, innerWidth - 2 * edge))}px`;
    popover.style.maxHeight = `${String(height)}px`;
    popover.style.top = upwards
      ? `${String(box.top - gap - Math.min(height, popover.scrollHeight + 2))}px`
      : `${String(box.bottom + gap)}px`;
  };
  place();
  const observer = new ResizeObserver(place);
  observer.observe(popover);
  observer.observe(anchor);
  addEventListener('scroll', place, { capture: true, passive: true });
  addEventListener('resize', place);
  return () => {
    observer.disconnect();
    removeEventListener('scroll', place, { capture: true });
    removeEventListener('resize', place);
  };
};
