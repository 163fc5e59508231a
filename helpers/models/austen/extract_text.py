"""Write the six novels of the Debian package r-cran-janeaustenr as one text file.

    apt-get download r-cran-janeaustenr
    dpkg -x r-cran-janeaustenr_*.deb unpacked
    pip install rdata
    python extract_text.py unpacked/usr/lib/R/site-library/janeaustenr/data/Rdata austen.txt

The R data lie in two files: `Rdata.rdx`, an index of names to (offset, length), and `Rdata.rdb`,
the compressed objects one after the other. The lines of a paragraph are joined into one, so that
the model need not learn where a printed page breaks.
"""

import argparse
import re
import zlib
from pathlib import Path

import rdata

NOVELS = (
    "sensesensibility",
    "prideprejudice",
    "mansfieldpark",
    "emma",
    "northangerabbey",
    "persuasion",
)


def main() -> None:
    """Read the two paths from the command line, write the text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path, help="path without the suffixes .rdx and .rdb")
    parser.add_argument("text", type=Path, help="the file to write")
    arguments = parser.parse_args()

    index = rdata.read_rds(arguments.database.with_suffix(".rdx"))
    objects = arguments.database.with_suffix(".rdb").read_bytes()
    paragraphs: list[str] = []
    for name in NOVELS:
        offset, length = (int(number) for number in index["variables"][name])
        # The first four bytes are the size of the object, unpacked.
        unpacked = zlib.decompress(objects[offset + 4 : offset + length])
        lines = rdata.conversion.convert(rdata.parser.parse_data(unpacked, extension=".rds"))
        blocks = re.split(r"\n\s*\n", "\n".join(str(line) for line in lines))
        paragraphs += [" ".join(block.split()) for block in blocks]
    arguments.text.write_text("\n".join(filter(None, paragraphs)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
