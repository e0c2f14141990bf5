"""Compares words with those of ICU's break iterator: icu_words.py LANGUAGE LINES WORDS (python3-icu)."""
import sys
import icu

language, lines, words = sys.argv[1:]
iterator = icu.BreakIterator.createWordInstance(icu.Locale(language))
ours = theirs = common = 0
differences = []
for line, cut in zip(open(lines, encoding="utf-8"), open(words, encoding="utf-8")):
    line = line.rstrip("\n")
    text = icu.UnicodeString(line)
    iterator.setText(text)
    reference, start = set(), 0
    for end in iterator:
        piece = str(text[start:end])
        if piece.strip():
            reference.add((start, end))
        start = end
    found, at = set(), 0
    for word in filter(None, cut.rstrip("\n").split("\t")):
        begin = line.index(word, at)
        at = begin + len(word)
        utf16 = len(line[:begin].encode("utf-16-le")) // 2
        found.add((utf16, utf16 + len(word.encode("utf-16-le")) // 2))
    ours += len(found)
    theirs += len(reference)
    common += len(found & reference)
    if found != reference and len(differences) < 5:
        differences.append("|".join(str(text[a:b]) for a, b in sorted(reference)) + "\n  " + cut.strip().replace("\t", "|"))
precision, recall = common / ours, common / theirs
print(f"{language}: {ours} words, ICU {theirs}, common {common}, F1 {2 * precision * recall / (precision + recall):.4f}")
print("\n".join(differences))
