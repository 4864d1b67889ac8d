import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json';

/** Size of the drawing, in its own units. */
export const world = { width: 960, height: 424 } as const;

const topology = land as unknown as Parameters<typeof feature>[0];
const outline = feature(topology, topology.objects['land']!);

// Nobody lives on the ice of the south: what lies below is cut off by the height.
const projection = geoNaturalEarth1()
  .scale(177)
  .translate([world.width / 2, 245]);

/** The land of the earth, as a path of the drawing. */
export const landPath = geoPath(projection).digits(1)(outline) ?? '';

/** Where a place lies on the drawing, in parts of its width and height. */
export const placeOnMap = (lat: number, lon: number): { readonly x: number; readonly y: number } => {
  const [x, y] = projection([lon, lat])!;
  return { x: x / world.width, y: Math.min(y / world.height, 1) };
};
