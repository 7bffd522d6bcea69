"""The frame of every page that the simulated HubSpot shows: one style sheet, no scripts, no outside asset.

What the pages hold does not belong here. CRM values are hostile text: whoever writes them into a page calls `esc`.
"""

from __future__ import annotations

import html
from typing import Final

STYLE: Final = """
:root{--ink:#213343;--dim:#5b6b7b;--line:#dfe3eb;--paper:#fff;--ground:#f5f8fa;--accent:#c2410c;--accent-soft:#fff1ea;--link:#00697c}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9fb0bf;--line:#2c3a47;--paper:#16212b;--ground:#0e1720;--accent:#ff8f59;--accent-soft:#2b1d16;--link:#58c4d6}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
header{background:var(--paper);border-bottom:1px solid var(--line)}
header>div,main{max-width:1160px;margin:0 auto;padding:0 24px}
header>div{display:flex;align-items:center;gap:24px;min-height:60px;flex-wrap:wrap}
.brand{font-weight:700;color:var(--ink);display:flex;gap:10px;align-items:center}
.brand::before{content:"";width:14px;height:14px;border-radius:50%;border:4px solid var(--accent)}
.brand small{font-weight:400;color:var(--dim)}
nav{display:flex;gap:4px;flex:1;flex-wrap:wrap}
nav a{color:var(--dim);padding:6px 12px;border-radius:6px}
@media (max-width:640px){header>div{padding-top:12px;row-gap:6px}nav{flex-basis:100%;flex-wrap:nowrap;overflow-x:auto;padding-bottom:8px}}
nav a[aria-current]{color:var(--ink);background:var(--accent-soft);font-weight:600}
main{padding-top:28px;padding-bottom:64px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}h2{font-size:16px;margin:0 0 12px}
.sub{color:var(--dim);margin:0 0 20px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 16px}
.split{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.25fr);gap:20px;align-items:start}
@media (max-width:820px){.split{grid-template-columns:minmax(0,1fr)}}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th{text-align:left;font-size:12px;font-weight:600;color:var(--dim);padding:0 12px 8px 0;white-space:nowrap}
td{padding:9px 12px 9px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums}
.empty{color:var(--dim)}
dl{display:grid;grid-template-columns:minmax(120px,40%) minmax(0,1fr);margin:0}
dt{color:var(--dim);padding:7px 12px 7px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
dd{margin:0;padding:7px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
dl>:nth-child(-n+2){border-top:0}
form.row{display:flex;gap:8px;flex-wrap:wrap;align-items:end;margin:0 0 12px}form.row:last-child{margin:0}
label{display:flex;flex-direction:column;gap:3px;font-size:12px;color:var(--dim);flex:1;min-width:130px}
input,select,textarea{font-family:inherit;font-size:14px;min-height:38px;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:7px 10px;width:100%}
input:focus-visible,select:focus-visible,textarea:focus-visible,button:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
button{font:inherit;font-size:14px;font-weight:600;min-height:38px;border:1px solid var(--accent);background:var(--accent);color:var(--paper);border-radius:6px;padding:7px 14px;cursor:pointer}
button.quiet{background:transparent;color:var(--accent)}
.tag{display:inline-block;background:var(--accent-soft);color:var(--accent);border-radius:20px;padding:1px 9px;font-size:12px;white-space:nowrap}
.note{border-left:3px solid var(--accent);background:var(--accent-soft);padding:10px 14px;border-radius:0 8px 8px 0;margin:0 0 16px}
ol.time{list-style:none;margin:0;padding:0}
ol.time li{padding:9px 0;border-top:1px solid var(--line)}ol.time li:first-child{border-top:0;padding-top:0}
ol.time .when{color:var(--dim);font-size:12px}
.pager{display:flex;justify-content:space-between;align-items:center;margin-top:12px;color:var(--dim)}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
"""


def esc(text: object) -> str:
    return html.escape(str(text), quote=True)


def document(title: str, body: str, *, header: str = "") -> bytes:
    """A whole page. `title` is escaped here; `body` and `header` are markup."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{esc(title)} · simulated HubSpot</title><style>{STYLE}</style></head><body>"
        '<header><div><a class="brand" href="/">HubSpot <small>simulated</small></a>'
        f"{header}</div></header><main><h1>{esc(title)}</h1>{body}</main></body></html>"
    ).encode()
