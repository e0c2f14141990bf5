namespace DataBuild.Stages.Extract.Html;

/// <summary>
/// Element names that parsing, block segmentation or rendering tell apart, of HTML, SVG and MathML alike.
/// Names outside this list get numbers from <see cref="HtmlTags.FirstUnknown"/> on, per page.
/// </summary>
internal enum HtmlTag : ushort
{
    None,
    A, Abbr, Acronym, Address, Applet, Area, Article, Aside, Audio,
    B, Base, Basefont, Bdi, Bdo, Bgsound, Big, Blink, Blockquote, Body, Br, Button,
    Canvas, Caption, Center, Cite, Code, Col, Colgroup, Command,
    Data, Datalist, Dd, Del, Details, Dfn, Dialog, Dir, Div, Dl, Dt,
    Em, Embed, Fieldset, Figcaption, Figure, Font, Footer, Form, Frame, Frameset,
    H1, H2, H3, H4, H5, H6, Head, Header, Hgroup, Hr, Html,
    I, Iframe, Image, Img, Input, Ins, Isindex, Kbd, Keygen,
    Label, Legend, Li, Link, Listing, Main, Map, Mark, Marquee, Menu, Menuitem, Meta, Meter,
    Nav, Nobr, Noembed, Noframes, Noscript, Object, Ol, Optgroup, Option, Output,
    P, Param, Picture, Plaintext, Pre, Progress, Q, Rb, Rp, Rt, Rtc, Ruby,
    S, Samp, Script, Search, Section, Select, Small, Source, Span, Strike, Strong, Style, Sub, Summary, Sup,
    Table, Tbody, Td, Template, Textarea, Tfoot, Th, Thead, Time, Title, Tr, Track, Tt,
    U, Ul, Var, Video, Wbr, Xmp,

    // Foreign roots and the foreign elements that the parser itself knows.
    Svg, Math, Desc, ForeignObject, AnnotationXml, Mi, Mo, Mn, Ms, Mtext, Mglyph, Malignmark,

    // The rest of MathML, for the math renderer.
    Annotation, Semantics, Mrow, Mfrac, Msqrt, Mroot, Mstyle, Merror, Mpadded, Mphantom, Mfenced, Menclose,
    Msub, Msup, Msubsup, Munder, Mover, Munderover, Mmultiscripts, Mprescripts, Mtable, Mtr, Mtd, Mlabeledtr,
    Mspace, Maction, Maligngroup, Mstack, Mlongdiv, Msrow, Mscarries, Mscarry, Msline, Msgroup,
    Apply, Bind, Bvar, Ci, Cn, Csymbol, Cs, Share, Piecewise, Piece, Otherwise, Interval, Set, List, Matrix,
    Matrixrow, Vector, Declare, Lambda, Condition, Domainofapplication, Lowlimit, Uplimit, Degree, Momentabout, Logbase,

    Count,
}

/// <summary>The namespace of an element.</summary>
internal enum HtmlNamespace : byte
{
    Html,
    Svg,
    MathMl,
}
