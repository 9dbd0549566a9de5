#!/usr/bin/python3
"""Finds texts of a chart that overlap each other or a marker, leave the picture, or are too small.

    tests/chart_boxes.py FILE.svg...

Reads the SVG that gnuplot wrote: a text's width is the sum of its glyphs' advances in the font that
it names (DejaVu Sans, regular or bold, read from the font file itself), its height goes from the
accents' top to the descenders' bottom. Prints a line a fault; exit 1 when there are any, 2 when a
file is not such a chart.
"""
import re
import struct
import sys
import xml.etree.ElementTree as ET

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSans%s.ttf"
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
# Of the font size, above and below the baseline: what digits, capitals and descenders of DejaVu need.
ASCENT, DESCENT = 0.76, 0.24
# Of 1760 pixels across a page, what is still read without a lens.
SMALLEST_PX = 12.5
WHITE = "rgb(255,255,255)"


class Font:
    """Advance widths in ems, from the tables cmap (format 4) and hmtx of a TrueType file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        tables = {}
        for i in range(struct.unpack_from(">H", data, 4)[0]):
            tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
            tables[tag] = offset
        self.em = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
        metric_count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
        self.advances = [struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * i)[0]
                         for i in range(metric_count)]
        self.glyphs = {}
        cmap = tables[b"cmap"]
        for i in range(struct.unpack_from(">H", data, cmap + 2)[0]):
            offset = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * i)[0]
            if struct.unpack_from(">H", data, offset)[0] == 4:
                self.read_segments(data, offset)

    def read_segments(self, data, offset):
        count = struct.unpack_from(">H", data, offset + 6)[0] // 2
        ends, starts = offset + 14, offset + 16 + 2 * count
        for i in range(count):
            end, = struct.unpack_from(">H", data, ends + 2 * i)
            start, = struct.unpack_from(">H", data, starts + 2 * i)
            delta, = struct.unpack_from(">H", data, starts + 2 * count + 2 * i)
            where = starts + 4 * count + 2 * i
            shift, = struct.unpack_from(">H", data, where)
            for code in range(start, min(end, 0xFFFE) + 1):
                glyph = code
                if shift:
                    glyph, = struct.unpack_from(">H", data, where + shift + 2 * (code - start))
                self.glyphs[code] = (glyph + delta) & 0xFFFF

    def width(self, text, size):
        glyphs = [self.glyphs[ord(character)] for character in text]
        return size * sum(self.advances[min(g, len(self.advances) - 1)] for g in glyphs) / self.em


def numbers(text, name):
    found = re.search(name + r"\(([^)]*)\)", text)
    return [float(part) for part in found.group(1).split(",")] if found else []


def text_boxes(root, fonts):
    """(left, top, right, bottom, text) of every text that is not empty."""
    boxes = []
    for group in root.iter(SVG + "g"):
        node = group.find(SVG + "text")
        text = "".join(node.itertext()).strip() if node is not None else ""
        if not text:
            continue
        if "rotate" in group.get("transform"):
            raise ValueError("a rotated text: %s" % text)
        x, y = numbers(group.get("transform"), "translate")
        size = float(group.get("font-size"))
        width = fonts[group.get("font-weight") == "bold"].width(text, size)
        left = x - {"start": 0, "middle": width / 2, "end": width}[group.get("text-anchor")]
        box = (left, y - ASCENT * size, left + width, y + DESCENT * size, text)
        # gnuplot writes a text that stands on a box twice, below the box and on it.
        if box not in boxes:
            boxes.append(box)
    return boxes


def marker_boxes(root):
    """The same of every data point; only those that are drawn in a colour."""
    boxes = []
    for node in root.iter(SVG + "use"):
        if "translate" not in node.get("transform", "") or WHITE in node.get("color", ""):
            continue
        x, y = numbers(node.get("transform"), "translate")
        radius = numbers(node.get("transform"), "scale")[0]
        boxes.append((x - radius, y - radius, x + radius, y + radius, "a marker"))
    return boxes


def overlap(a, b):
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def faults(path, fonts):
    root = ET.parse(path).getroot()
    if root.tag != SVG + "svg":
        raise ValueError("no SVG")
    width, height = float(root.get("width")), float(root.get("height"))
    texts, markers = text_boxes(root, fonts), marker_boxes(root)
    if not texts:
        raise ValueError("no text")
    for i, box in enumerate(texts):
        if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height:
            yield "'%s' leaves the picture" % box[4]
        if box[3] - box[1] < SMALLEST_PX:
            yield "'%s' is too small" % box[4]
        for other in texts[i + 1:] + markers:
            if overlap(box, other):
                yield "'%s' overlaps '%s' at %.0f,%.0f" % (box[4], other[4], other[0], other[1])


def main(paths):
    fonts = {False: Font(FONTS % ""), True: Font(FONTS % "-Bold")}
    status = 0
    for path in paths:
        try:
            for fault in faults(path, fonts):
                print("%s: %s" % (path, fault))
                status = 1
        except (OSError, ValueError, KeyError, TypeError, ET.ParseError) as error:
            print("%s: %s" % (path, error or type(error).__name__), file=sys.stderr)
            return 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
