"""Makes PpoRisk.nupkg, without the .NET SDK:

    python3 bindings/csharp/pack.py OUT PpoRisk.dll LIBRARY...

The assembly, with its documentation beside it (PpoRisk.xml), is any compiler's; each library is for one platform, which it says
itself, and goes where .NET looks for it: runtimes/linux-x64/native and the like.
"""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / ".setup"))

import shared_library  # noqa: E402  # found there
from package import THIRD_PARTY, cargo, write_zip  # noqa: E402

NUSPEC = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>PpoRisk</id>
    <version>{version}</version>
    <authors>ppo_risk</authors>
    <license type="expression">{licence}</license>
    <readme>README.md</readme>
    <description>{description}</description>
    <tags>portfolio ppo reinforcement-learning risk-management kelly</tags>
    <dependencies>
      <group targetFramework=".NETStandard2.0" />
    </dependencies>
  </metadata>
</package>
"""
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{defaults}  <Override PartName="/LICENSE-MIT" ContentType="application/octet" />
  <Override PartName="/LICENSE-APACHE" ContentType="application/octet" />
</Types>
"""
RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/PpoRisk.nuspec" Id="R1" />
</Relationships>
"""


def main() -> None:
    """Writes the package into OUT."""
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    folder, assembly = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        libraries = [shared_library.read(Path(path)) for path in sys.argv[3:]]
        files = [("lib/netstandard2.0/PpoRisk.dll", assembly.read_bytes()),
                 ("lib/netstandard2.0/PpoRisk.xml", assembly.with_suffix(".xml").read_bytes())]
    except (OSError, ValueError) as error:
        raise SystemExit(f"pack.py: {error}") from error
    files += [(f"runtimes/{library.runtime}/native/{library.name}", library.data) for library in libraries]
    files += [("README.md", (HERE / "README.md").read_bytes())]
    files += [(name, (ROOT / name).read_bytes()) for name in ("LICENSE-MIT", "LICENSE-APACHE")]
    files += [("THIRD-PARTY.txt", THIRD_PARTY.read_bytes())]
    endings = sorted({Path(name).suffix[1:] for name, _ in files if "." in name.rsplit("/", 1)[-1]} | {"nuspec"})
    defaults = "".join(f'  <Default Extension="{ending}" ContentType="application/octet" />\n' for ending in endings)
    version = cargo("version")
    spec = NUSPEC.format(version=version, licence=cargo("license"), description=escape(cargo("description")))
    head = [("[Content_Types].xml", TYPES.format(defaults=defaults).encode()), ("_rels/.rels", RELATIONS.encode()),
            ("PpoRisk.nuspec", spec.encode())]
    folder.mkdir(parents=True, exist_ok=True)
    write_zip(folder / f"PpoRisk.{version}.nupkg", [*head, *files])


if __name__ == "__main__":
    main()
