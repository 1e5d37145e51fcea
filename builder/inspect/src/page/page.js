"use strict";
(() => {
  const LAYER = 0, COMPONENT = 1, DIRECTORY = 2, FILE = 3, REST = 4;
  const HUES = [250, 145, 65, 320, 195, 25, 285, 105];
  const byId = (id) => document.getElementById(id);
  const map = byId("map"), tiles = byId("tiles"), crumbs = byId("crumbs");
  const tip = byId("tip"), find = byId("find"), found = byId("found"), said = byId("said");
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  const all = [];
  const grow = ([name, bytes, kind, inside = []], parent, hue) => {
    const node = { name, bytes, kind, parent, hue, inside: [] };
    all.push(node);
    node.inside = inside.map((child, index) =>
      grow(child, node, parent === null ? HUES[index % HUES.length] : hue));
    return node;
  };
  const root = grow(JSON.parse(byId("data").textContent), null, 250);
  let here = root, hit = null;

  const human = (bytes) => {
    if (bytes < 1024) return bytes + " B";
    let unit = -1;
    do { bytes /= 1024; unit += 1; } while (bytes >= 1023.95 && unit < 3);
    return bytes.toFixed(1) + " " + ["KiB", "MiB", "GiB", "TiB"][unit];
  };
  const share = (node, whole) => (whole.bytes ? (100 * node.bytes / whole.bytes).toFixed(1) : "0.0") + " %";
  const way = (node) => {
    const nodes = [];
    for (let at = node; at; at = at.parent) nodes.unshift(at);
    return nodes;
  };
  const pathOf = (node) => way(node).filter((n) => n.kind >= DIRECTORY && n !== root).map((n) => n.name).join("/");
  const kindOf = (node) => ["Layer", "Component", "Directory", "File", "Together"][node.kind];

  // Squarified treemaps (Bruls, Huizing, van Wijk): rows are filled while tiles get squarer.
  const squarify = (nodes, x, y, width, height, place) => {
    const total = nodes.reduce((sum, node) => sum + node.bytes, 0);
    if (!total || width <= 0 || height <= 0) return;
    const scale = width * height / total;
    let rest = nodes.filter((node) => node.bytes > 0);
    const worst = (sum, low, high, side) =>
      Math.max(side * side * high / (sum * sum), sum * sum / (side * side * low));
    while (rest.length) {
      const side = Math.min(width, height);
      let count = 0, sum = 0, low = Infinity, high = 0, best = Infinity;
      while (count < rest.length) {
        const area = rest[count].bytes * scale;
        const next = worst(sum + area, Math.min(low, area), Math.max(high, area), side);
        if (next > best) break;
        best = next; sum += area; low = Math.min(low, area); high = Math.max(high, area); count += 1;
      }
      const thick = side > 0 ? sum / side : 0;
      let at = 0;
      for (const node of rest.slice(0, count)) {
        const long = thick > 0 ? node.bytes * scale / thick : 0;
        if (width >= height) place(node, x, y + at, thick, long);
        else place(node, x + at, y, long, thick);
        at += long;
      }
      if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
      rest = rest.slice(count);
    }
  };

  // A directory that is all of its parent says nothing as a frame of its own.
  const open = (node) => {
    while (node.inside.length === 1 && node.inside[0].inside.length) node = node.inside[0];
    return node;
  };

  const HEAD = 24, DEEPEST = 4;
  const draw = (parent, x, y, width, height, depth) => {
    const order = [...open(parent).inside].sort((a, b) => b.bytes - a.bytes);
    squarify(order, x, y, width, height, (node, left, top, wide, high) => {
      if (wide < 3 || high < 3) return;
      const holds = node.inside.length > 0;
      const tile = make("button", undefined, "tile" + (holds ? " in" : "") + (depth ? "" : " top")
        + (node.kind === REST ? " rest" : "") + (node === hit ? " hit" : ""));
      tile.type = "button";
      tile.style.left = left + 1 + "px";
      tile.style.top = top + 1 + "px";
      tile.style.width = wide - 2 + "px";
      tile.style.height = high - 2 + "px";
      tile.style.setProperty("--hue", node.hue);
      tile.style.setProperty("--depth", depth);
      tile.setAttribute("aria-label", `${node.name}, ${human(node.bytes)}, ${share(node, root)}`);
      if (depth) tile.tabIndex = -1;
      if (wide > 46 && high > 22) {
        const label = make("span", undefined, !holds && high > 44 ? "two" : "");
        label.append(make("b", node.name));
        if (wide > 110 || (!holds && high > 44 && wide > 74)) label.append(make("small", human(node.bytes)));
        tile.append(label);
      }
      tile.node = node;
      tiles.append(tile);
      const deeper = depth < DEEPEST && holds && wide > 70 && high > 60;
      if (deeper) draw(node, left + 4, top + HEAD, wide - 8, high - HEAD - 4, depth + 1);
    });
  };

  const show = (node, focus) => {
    here = node;
    tip.hidden = true;
    tiles.replaceChildren();
    draw(here, 0, 0, tiles.clientWidth, tiles.clientHeight, 0);
    crumbs.replaceChildren();
    for (const step of way(here)) {
      const name = step === root ? "Image" : step.name;
      if (step === here) {
        crumbs.append(make("b", name), make("em", `${human(step.bytes)} · ${share(step, root)}`));
      } else {
        const button = make("button", name);
        button.type = "button";
        button.addEventListener("click", () => { hit = null; show(step, true); });
        crumbs.append(button, make("i", "›"));
      }
    }
    said.textContent = `${here === root ? "Image" : here.name}, ${human(here.bytes)}`;
    if (focus) tiles.querySelector(".top")?.focus({ preventScroll: true });
  };

  const enter = (node) => {
    // A tile inside another one leads in step by step; one without anything inside leads nowhere.
    let target = node;
    while (target !== here && target.inside.length === 0) target = target.parent;
    if (target === here) return;
    hit = null;
    show(open(target), true);
  };
  const leave = () => {
    let above = here.parent;
    while (above?.parent && above.inside.length === 1) above = above.parent;
    if (above) { hit = null; show(above, true); }
  };

  tiles.addEventListener("click", (event) => {
    const tile = event.target.closest(".tile");
    if (tile) enter(tile.node);
  });
  map.addEventListener("keydown", (event) => {
    if (event.target === find) return;
    if (event.key === "Escape" || event.key === "Backspace") { event.preventDefault(); leave(); return; }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("tile")) return;
    event.preventDefault();
    const tops = [...tiles.querySelectorAll(".top")];
    const next = tops[(tops.indexOf(event.target) + step + tops.length) % tops.length];
    next?.focus();
  });

  const explain = (node, x, y) => {
    const path = pathOf(node);
    tip.replaceChildren(make("b", node.kind >= DIRECTORY && path ? "/" + path : node.name),
      make("span", `${kindOf(node)} · ${human(node.bytes)} · ${share(node, root)} of the image`));
    const owner = way(node).find((n) => n.kind === COMPONENT);
    if (owner && owner !== node) tip.append(make("span", "in " + owner.name));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(6, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    tip.style.top = (y + 18 + box.height > innerHeight ? Math.max(6, y - box.height - 10) : y + 18) + "px";
  };
  tiles.addEventListener("pointermove", (event) => {
    const tile = event.target.closest(".tile");
    if (tile && event.pointerType !== "touch") explain(tile.node, event.clientX, event.clientY);
    else tip.hidden = true;
  });
  tiles.addEventListener("pointerleave", () => { tip.hidden = true; });
  tiles.addEventListener("focusin", (event) => {
    if (!event.target.matches(".tile:focus-visible")) return;
    const box = event.target.getBoundingClientRect();
    explain(event.target.node, box.left, box.top);
  });
  tiles.addEventListener("focusout", () => { tip.hidden = true; });

  const search = () => {
    const text = find.value.trim().toLowerCase();
    found.replaceChildren();
    found.hidden = !text;
    if (!text) return;
    const hits = all.filter((n) => n.kind !== REST && n !== root &&
      ((n.kind === FILE ? pathOf(n) : n.name).toLowerCase().includes(text)));
    hits.sort((a, b) => b.bytes - a.bytes);
    for (const node of hits.slice(0, 40)) {
      const item = make("li"), button = make("button");
      button.type = "button";
      button.append(make("span", node.kind >= DIRECTORY ? "/" + pathOf(node) : node.name), make("span", human(node.bytes)));
      button.addEventListener("click", () => {
        hit = node;
        find.value = "";
        found.hidden = true;
        show(node.parent, false);
        tiles.querySelector(".hit")?.focus();
      });
      item.append(button);
      found.append(item);
    }
    if (!hits.length) found.append(make("li", "Nothing of visible size has this name", "none"));
  };
  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { find.value = ""; search(); }
    if (event.key === "ArrowDown") { event.preventDefault(); found.querySelector("button")?.focus(); }
    if (event.key === "Enter") found.querySelector("button")?.click();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".find")) found.hidden = true;
  });

  map.hidden = false;
  let drawn = "";
  new ResizeObserver(() => {
    const size = `${tiles.clientWidth} ${tiles.clientHeight}`;
    if (size === drawn) return;
    drawn = size;
    show(here, false);
  }).observe(tiles);
})();
