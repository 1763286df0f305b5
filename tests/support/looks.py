"""What a typographer would see at a glance and a test cannot: measured in the page itself.

Each check is an expression for `Browser.evaluate` that answers with what is wrong, in words.
"""

from collections.abc import Iterable, Mapping

_COMMON = """
const shown = (element) => {
  const style = getComputedStyle(element);
  return style.display !== "none" && style.visibility !== "hidden";
};
const texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || ["STYLE", "SCRIPT"].includes(element.tagName)) continue;
    let visible = element.checkVisibility();  // not what is folded away
    for (let e = element; e; e = e.parentElement) visible = visible && shown(e);
    if (visible) found.push({node, element});
  }
  return found;
};
const boxes = (node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
};
const rgba = (text) => {
  const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
  return [r, g, b, a];
};
const over = (top, under) =>
  [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3])).concat(1);
const ground = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  return layers.reverse().reduce((under, layer) => over(layer, under), canvas);
};
const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const luminance = (colour) => {
  const [r, g, b] = colour.slice(0, 3).map((c) => linear(c / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const quoted = (node) => JSON.stringify((node.data ?? node.textContent).trim().slice(0, 40));
"""

_CHECKS: Mapping[str, str] = {
    "nothing sticks out to the side": """
        const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
        const out = wide > room ? [`the page is ${wide} wide, the window ${room}`] : [];
        for (const {node} of texts()) for (const box of boxes(node))
          if (box.left < -0.5 || box.right > room + 0.5)
            out.push(`${quoted(node)} reaches to ${Math.round(box.right)}`);
        return out;""",
    "no text is cut off": """
        return [...document.body.querySelectorAll("*")].filter((element) => {
          const style = getComputedStyle(element);
          const cuts = [style.overflowX, style.overflowY].some((o) => ["hidden", "clip"].includes(o));
          const wide = element.scrollWidth > element.clientWidth + 1;
          const high = element.scrollHeight > element.clientHeight + 1;
          return shown(element) && cuts && (wide || high);
        }).map(quoted);""",
    "no text lies on another": """
        // The letters themselves: a line's box is higher than they are, and may touch its neighbours.
        const all = texts().flatMap(({node, element}) => {
          const half = parseFloat(getComputedStyle(element).fontSize) * 0.38;
          return boxes(node).map((box) => {
            const middle = (box.top + box.bottom) / 2;
            const [left, right] = [box.left + 1, box.right - 1];
            return {node, left, right, top: middle - half, bottom: middle + half};
          });
        }).sort((a, b) => a.top - b.top);
        const out = [];
        for (let i = 0; i < all.length; i++)
          for (let j = i + 1; j < all.length && all[j].top < all[i].bottom; j++)
            if (all[i].left < all[j].right && all[j].left < all[i].right)
              out.push(`${quoted(all[i].node)} and ${quoted(all[j].node)}`);
        return out;""",
    "every text stands out from its ground": """
        return texts().map(({node, element}) => {
          const under = ground(element);
          return [node, contrast(over(rgba(getComputedStyle(element).color), under), under)];
        }).filter(([, ratio]) => ratio < 4.5)
          .map(([node, ratio]) => `${quoted(node)} ${ratio.toFixed(2)}`);""",
    "links are seen to be links": """
        return [...document.querySelectorAll("a[href]")].filter((link) => {
          const style = getComputedStyle(link), around = getComputedStyle(link.parentElement);
          return !style.textDecorationLine.includes("underline") && style.color === around.color;
        }).map(quoted);""",
    "no text is too small to read": """
        return texts().filter(({element}) => parseFloat(getComputedStyle(element).fontSize) < 12)
          .map(({node}) => quoted(node));""",
    "counts stand on one line": """
        return texts().filter(({node, element}) =>
          element.closest(".contents .count, .days") && new Set(boxes(node).map((box) => box.top)).size > 1
        ).map(({node}) => quoted(node));""",
    "titles are high enough for a thumb": """
        return [...document.querySelectorAll(".title a[href], .contents a[href]")].filter(
          (link) => [...link.getClientRects()].some((box) => box.height < 24)
        ).map(quoted);""",
}


def script_of(names: Iterable[str]) -> str:
    """These checks: what is wrong, by the name of the check; empty where all is well."""
    each = ",".join(f"{name!r}: () => {{{_CHECKS[name]}}}" for name in names)
    return f"""(() => {{
{_COMMON}
const found = Object.entries({{{each}}}).map(([name, check]) => [name, check()]);
return Object.fromEntries(found.filter(([, faults]) => faults.length));
}})()"""


CHECKS = tuple(_CHECKS)
FAULTS = script_of(CHECKS)
"""All of them."""
