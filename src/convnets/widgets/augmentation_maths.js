const LUMINANCE = [0.299, 0.587, 0.114];
const NEWTON_STEPS = 20;

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** An image { height, width, data } of red, green and blue from 0 to 1, made by `pixel(row, column, colour)`. */
function make(height, width, pixel) {
  const data = Array(height * width * 3);
  for (let i = 0, at = 0; i < height; i++) for (let j = 0; j < width; j++) for (let c = 0; c < 3; c++) data[at++] = pixel(i, j, c);
  return { height, width, data };
}

const flip = ({ height, width, data }) => make(height, width, (i, j, c) => data[(i * width + width - 1 - j) * 3 + c]);

/** Height and width after resizing to a short side; the long side is rounded down. */
const resizedSize = ({ height, width }, shortSide) => [height, width].map((side) => Math.floor((side * shortSide) / Math.min(height, width)));

/** First row and first column of the square that is cut out, from places between 0 and 1. */
export const cropPlace = (image, { shortSide, down, right }, size) =>
  resizedSize(image, shortSide).map((side, axis) => Math.min(side - size, Math.floor([down, right][axis] * (side - size + 1))));

/** For each new pixel the old ones that it is made of, as [index, weight], triangles that sum to 1. */
export function resizeWeights(side, newSide, first, count) {
  const ratio = side / newSide;
  return Array.from({ length: count }, (_, i) => {
    const centre = (first + i + 0.5) * ratio;
    const near = [];
    for (let j = 0; j < side; j++) {
      const weight = 1 - Math.abs(j + 0.5 - centre) / Math.max(1, ratio);
      if (weight > 0) near.push([j, weight]);
    }
    const total = near.reduce((sum, [, weight]) => sum + weight, 0);
    return near.map(([j, weight]) => [j, weight / total]);
  });
}

function scaleAndCrop(image, settings, size) {
  const { height, width, data } = image;
  const [top, left] = cropPlace(image, settings, size);
  const [newHeight, newWidth] = resizedSize(image, settings.shortSide);
  const [rows, columns] = [resizeWeights(height, newHeight, top, size), resizeWeights(width, newWidth, left, size)];
  const lines = make(size, width, (i, j, c) => rows[i].reduce((sum, [k, weight]) => sum + weight * data[(k * width + j) * 3 + c], 0));
  return make(size, size, (i, j, c) => columns[j].reduce((sum, [k, weight]) => sum + weight * lines.data[(i * width + k) * 3 + c], 0));
}

/** Each pixel of the result is read where `source(x, y)` says, between four pixels; outside all is black. */
function warp(image, source) {
  const { height, width, data } = image;
  const result = make(height, width, () => 0);
  const add = (at, row, column, weight) => {
    if (row < 0 || column < 0 || row >= height || column >= width) return;
    const from = (row * width + column) * 3;
    for (let c = 0; c < 3; c++) result.data[at + c] += weight * data[from + c];
  };
  for (let i = 0, at = 0; i < height; i++) for (let j = 0; j < width; j++, at += 3) {
    const [x, y] = source(j + 0.5, i + 0.5);
    const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
    const [right, below] = [x - 0.5 - left, y - 0.5 - top];
    add(at, top, left, (1 - below) * (1 - right));
    add(at, top, left + 1, (1 - below) * right);
    add(at, top + 1, left, below * (1 - right));
    add(at, top + 1, left + 1, below * right);
  }
  return result;
}

/** The affine map A (x, y, 1): stretch, then shear, then rotate about the middle, then translate. */
export function affineMatrix({ height, width }, { rotation, stretch, shear, moveX, moveY }) {
  const [angle, lean] = [(rotation * Math.PI) / 180, Math.tan((shear * Math.PI) / 180)];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const [a, b, d, e] = [cosine * stretch, cosine * lean - sine, sine * stretch, sine * lean + cosine];
  const [x, y] = [width / 2, height / 2];
  return [[a, b, x - a * x - b * y + moveX], [d, e, y - d * x - e * y + moveY]];
}

const move = ([[a, b, c], [d, e, f]], x, y) => [a * x + b * y + c, d * x + e * y + f];

function inverse([[a, b, c], [d, e, f]]) {
  const det = a * e - b * d;
  return [[e / det, -b / det, (b * f - e * c) / det], [-d / det, a / det, (d * c - a * f) / det]];
}

const isMoved = ({ rotation, stretch, shear, moveX, moveY }) => rotation || stretch !== 1 || shear || moveX || moveY;

const radiusOf = ({ height, width }) => Math.hypot(width / 2, height / 2);

/** Where the lens shows a point of the result: r (1 + k r²) from the middle. */
function lensSource(image, lens) {
  const [x0, y0, radius] = [image.width / 2, image.height / 2, radiusOf(image)];
  return (x, y) => {
    const factor = 1 + (lens * ((x - x0) ** 2 + (y - y0) ** 2)) / radius ** 2;
    return [x0 + (x - x0) * factor, y0 + (y - y0) * factor];
  };
}

/** Where a point of the image is seen through the lens: Newton's method for r (1 + k r²) = distance. */
function throughLens(image, lens, [x, y]) {
  const [x0, y0, radius] = [image.width / 2, image.height / 2, radiusOf(image)];
  const distance = Math.hypot(x - x0, y - y0) / radius;
  if (!distance) return [x, y];
  let r = distance;
  for (let step = 0; step < NEWTON_STEPS; step++) r = clamp(r - (r * (1 + lens * r * r) - distance) / Math.max(0.05, 1 + 3 * lens * r * r), 0, 2);
  return [x0 + ((x - x0) * r) / distance, y0 + ((y - y0) * r) / distance];
}

const greyOf = (data, at) => LUMINANCE.reduce((sum, share, c) => sum + share * data[at + c], 0);

/** plain + factor · (image − plain), cut off at 0 and 1; `plain(at)` belongs to the pixel that begins at `at`. */
function mix(image, factor, plain) {
  const data = Array(image.data.length);
  for (let at = 0; at < data.length; at += 3) {
    const from = plain(at);
    for (let c = 0; c < 3; c++) data[at + c] = clamp(from + factor * (image.data[at + c] - from), 0, 1);
  }
  return { ...image, data };
}

function meanGrey({ data }) {
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) sum += greyOf(data, at);
  return (3 * sum) / data.length;
}

/** Red, green and blue to be added: strength times standard deviation along each principal component. */
export const colourOffset = ({ variances, directions }, { pca }) =>
  directions.map((row) => row.reduce((sum, part, k) => sum + pca[k] * Math.sqrt(variances[k]) * part, 0));

/** The photograph changed by all that is set: place, then shape, then colour. */
export function augment(image, settings, components, size) {
  const { flipped, cropped, lens, brightness, contrast, saturation } = settings;
  if (flipped) image = flip(image);
  if (cropped) image = scaleAndCrop(image, settings, size);
  if (isMoved(settings)) {
    const back = inverse(affineMatrix(image, settings));
    image = warp(image, (x, y) => move(back, x, y));
  }
  if (lens) image = warp(image, lensSource(image, lens));
  if (brightness !== 1) image = mix(image, brightness, () => 0);
  if (contrast !== 1) {
    const mean = meanGrey(image);
    image = mix(image, contrast, () => mean);
  }
  const colours = image.data;
  if (saturation !== 1) image = mix(image, saturation, (at) => greyOf(colours, at));
  if (settings.pca.some(Boolean)) {
    const offset = colourOffset(components, settings);
    image = { ...image, data: image.data.map((value, at) => clamp(value + offset[at % 3], 0, 1)) };
  }
  return image;
}

/** The smallest upright box around points, cut off at the border. */
function boxAround(points, { height, width }) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return [[Math.min(...xs), width], [Math.min(...ys), height], [Math.max(...xs), width], [Math.max(...ys), height]].map(([value, most]) => clamp(value, 0, most));
}

/** What becomes of a box x1, y1, x2, y2: after each change the smallest upright one around it. */
export function moveBox([x1, y1, x2, y2], image, settings, size) {
  let box = settings.flipped ? [image.width - x2, y1, image.width - x1, y2] : [x1, y1, x2, y2];
  let sides = { height: image.height, width: image.width };
  if (settings.cropped) {
    const [top, left] = cropPlace(image, settings, size);
    const [high, wide] = resizedSize(image, settings.shortSide).map((side, axis) => side / [image.height, image.width][axis]);
    sides = { height: size, width: size };
    box = boxAround([[box[0] * wide - left, box[1] * high - top], [box[2] * wide - left, box[3] * high - top]], sides);
  }
  const corners = (xs, ys) => xs.flatMap((x) => ys.map((y) => [x, y]));
  const matrix = affineMatrix(sides, settings);
  if (isMoved(settings)) box = boxAround(corners([box[0], box[2]], [box[1], box[3]]).map(([x, y]) => move(matrix, x, y)), sides);
  if (!settings.lens) return box;
  const [x, y] = [clamp(sides.width / 2, box[0], box[2]), clamp(sides.height / 2, box[1], box[3])];
  return boxAround(corners([box[0], x, box[2]], [box[1], y, box[3]]).map((point) => throughLens(sides, settings.lens, point)), sides);
}
