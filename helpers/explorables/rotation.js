// One pair of features of a query and of a key, each turned by its position: the angle between the
// two, and their score by distance, where a dot stays for each distance that was tried.
import {
  arrow,
  dot,
  drawn,
  made,
  number,
  plane,
  put,
  radios,
  rounded,
  set,
  slider,
  table,
  teller,
} from "./common.js";
import { distances, STYLE_OF_DISTANCES } from "./distances.js";

const degrees = (radians) => (radians * 180) / Math.PI;
const digits = (value) => `${+value.toPrecision(3)}`;

export function render({ data, el }) {
  const { turns, last } = data; // radians a position of each pair; the last position
  const before = [data.query, data.key];
  const names = ["query", "key"];
  const lengths = before.map((it) => Math.hypot(...it));
  const way = before.map(([a, b]) => Math.atan2(b, a));
  const places = [data.query_at, data.key_at];
  const tried = new Map(); // of each distance, where the two stood first
  let pair = 0;
  const [told, tell] = teller();

  // The arrows
  const reach = 1.5 * Math.max(...lengths);
  const features = ["first feature of the pair", "second feature"];
  const flat = plane({ from: -reach, to: reach, ticks: [-1, 0, 1], names: features, label: "" });
  const { x, y } = flat;
  set(flat.svg, { role: "img", "aria-label": "The query and the key before and after turning" });
  const around = (angle, length) => [x(length * Math.cos(angle)), y(length * Math.sin(angle))];
  const circles = lengths.map((length, i) =>
    drawn("circle", { class: `way ${names[i]}`, cx: x(0), cy: y(0), r: x(length) - x(0) }),
  );
  const pale = before.map(([a, b], i) => {
    const { element, to } = arrow(`${names[i]} pale`, 7);
    to(x(0), y(0), x(a), y(b));
    return element;
  });
  const bold = names.map((name) => arrow(name, 12));
  const arc = drawn("path", { class: "arc" });
  const between = drawn("text", { class: "label between", "text-anchor": "middle" });
  const labels = names.map((name) => drawn("text", { class: `label ${name}` }));
  flat.front.append(...circles, arc, ...pale, ...bold.map((it) => it.element), between, ...labels);

  const most = lengths[0] * lengths[1];
  const range = distances(last, most, (its) => most * Math.cos(way[0] - way[1] + its * turns[pair]));

  // The numbers
  const [own, distance] = [number("pair"), number("distance")];
  const rows = names.map((name, i) => {
    const [at, turned, a, b] = ["at", "turn", "0", "1"].map((it) => number(`${name}-${it}`));
    const by = made("span", { className: "soft wide" });
    const given = before[i].map((it) => rounded(it));
    return { at, turned, a, b, by, held: made("span", { className: "number" }, `(${given.join(", ")})`) };
  });
  const [angle, more, further] = [number("angle"), number("further"), made("span")];
  const score = number("score");
  const first = `${rounded(degrees(apart(way[0] - way[1])), 1)}°`;
  const numbers = table({
    caption: ["Pair ", own, ", with a distance of ", distance],
    columns: [[""], ["before"], ["turned by"], ["after"]],
    rows: [
      ...rows.map(({ at, turned, a, b, by, held }, i) => [
        [`${names[i]} at `, at],
        held,
        [by, turned, "°"],
        made("span", { className: "number" }, "(", a, ", ", b, ")"),
      ]),
      ["angle between", first, [further, more, "° more"], [angle, "°"]],
      ["score: q · k", rounded(dot(...before), 3), "", score],
    ],
  });

  // The angle between two directions, at most half a turn
  function apart(difference) {
    return Math.abs(Math.atan2(Math.sin(difference), Math.cos(difference)));
  }

  const choices = names.map((name, i) =>
    slider(`${name} at`, { min: 0, max: last, value: places[i] }, (place) => {
      places[i] = place;
      show();
    }),
  );
  const both = slider("both together", { min: 0, max: last, value: 0 }, (lower) => {
    const by = lower - Math.min(...places);
    places.forEach((place, i) => (places[i] = place + by));
    show();
  });
  const follow = (control, value, max, words) => {
    const input = control.querySelector("input");
    Object.assign(input, { max, value, disabled: max === 0 });
    input.setAttribute("aria-valuetext", words);
    control.querySelector("output").textContent = words;
  };

  function show() {
    const turn = turns[pair];
    const angles = places.map((place, i) => way[i] + place * turn);
    const after = angles.map((it, i) => [Math.cos, Math.sin].map((of) => lengths[i] * of(it)));
    const gap = places[0] - places[1];
    const open = apart(angles[0] - angles[1]);
    const result = dot(...after);

    const side = Math.sin(angles[0] - angles[1]) < 0 ? -1 : 1; // on which side of the key the query is
    const beside = open < 0.5 ? 0.16 * side : 0; // names of arrows that lie close go apart
    names.forEach((name, i) => {
      bold[i].to(x(0), y(0), ...around(angles[i], lengths[i]));
      const [lx, ly] = around(angles[i] + (i ? -beside : beside), lengths[i] + 0.09);
      const anchor = Math.abs(lx - x(0)) < 30 ? "middle" : lx < x(0) ? "end" : "start";
      const off = Math.abs(ly - y(0)) < 9 ? -9 : 4; // not on the axis
      set(labels[i], { x: lx, y: ly + off, "text-anchor": anchor });
      labels[i].textContent = `${name[0]} at ${places[i]}`;
    });
    const radius = x(0.3 * reach) - x(0);
    const [from, to] = [angles[1], angles[0]].map((it) => around(it, 0.3 * reach).join(" "));
    arc.setAttribute("d", `M ${from} A ${radius} ${radius} 0 0 ${side < 0 ? 1 : 0} ${to}`);
    const [bx, by] = around(angles[1] + (side * open) / 2, 0.42 * reach);
    set(between, { x: bx, y: by + 4 });
    between.textContent = open < 0.25 ? "" : `${rounded(degrees(open), 0)}°`;

    const known = tried.get(gap);
    if (!known) tried.set(gap, [...places]);
    range.now(gap);

    put(own, pair, 0);
    put(distance, gap, 0);
    rows.forEach(({ at, turned, a, b, by }, i) => {
      put(at, places[i], 0);
      put(turned, degrees(places[i] * turn), 1);
      by.textContent = `${places[i]} × ${digits(degrees(turn))}° = `;
      put(a, after[i][0]);
      put(b, after[i][1]);
    });
    further.textContent = gap ? `the ${names[gap < 0 ? 1 : 0]} ` : "neither: ";
    put(more, degrees(Math.abs(gap) * turn), 1);
    put(angle, degrees(open), 1);
    put(score, result, 3);
    choices.forEach((choice, i) => follow(choice, places[i], last, `${places[i]}`));
    follow(both, Math.min(...places), last - Math.abs(gap), `${places[0]} and ${places[1]}`);

    const far = `${Math.abs(gap)} ${gap > 0 ? "before" : "after"} the query`;
    const where = `The key stands ${gap ? far : "where the query stands"}`;
    const seen = `angle ${rounded(degrees(open), 1)}°, score ${rounded(result, 3)}`;
    const again = known && `${known}` !== `${places}` ? `, as at\u00a0${known[0]} and\u00a0${known[1]}` : "";
    const stuck = Math.abs(gap) === last ? " No room for both together." : "";
    tell(`${where}: ${seen}${again}.${stuck}`);
  }

  const options = turns.map((turn, i) => [`${i}`, `${i}: ${digits(degrees(turn))}°`]);
  el.append(
    made("style", { textContent: STYLE + STYLE_OF_DISTANCES }),
    made("div", { className: "controls" }, ...choices, both),
    made(
      "div",
      { className: "controls" },
      radios("pair of features, and its turn per position", Object.fromEntries(options), "0", (its) => {
        pair = +its;
        show();
      }),
    ),
    told,
    made(
      "div",
      { className: "row" },
      made("figure", {}, made("figcaption", {}, "Pale: before turning. Bold: turned."), flat.svg),
      range.figure,
    ),
    numbers.element,
  );
  show();
}

const STYLE = `
.slider { flex: 1 1 180px; white-space: nowrap; }
.slider input { flex: 1; min-width: 90px; }
.told { min-height: 2.9em; }
@container (max-width: 560px) {
  .slider input { min-width: 40px; }
  .told { min-height: 4.8em; }
  legend { width: 100%; }
  .by-distance { order: -1; } /* else one wouldn't see what a slider does to it */
}
.row > figure:first-child { flex: 1 1 270px; max-width: 340px; }
@container (max-width: 560px) { .row > figure:first-child { flex: 0 1 270px; margin: auto; } }
.way { fill: none; stroke: currentColor; stroke-width: 1; stroke-dasharray: 2 5; opacity: 0.6; }
.arrow.pale { opacity: 0.4; }
.arrow.pale line { stroke-width: 2; stroke-dasharray: 5 4; }
.arrow.key:not(.pale) line { stroke-width: 4.5; }
.arc { fill: none; stroke: currentColor; stroke-width: 1.5; }
.between { fill: currentColor; }
`;
