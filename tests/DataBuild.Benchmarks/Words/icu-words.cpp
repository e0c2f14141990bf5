// Prints the words of one of ICU's word-break dictionaries (cjdict, thaidict, laodict, khmerdict, burmesedict) with their costs, a word a line.
// g++ -o icu-words icu-words.cpp -licuuc -licudata; ./icu-words thaidict > Thai.txt; dotnet run ... -- word-lists Thai.txt Thai.br
#include <unicode/utypes.h>
#include <unicode/bytestrie.h>
#include <unicode/ucharstrie.h>
#include <unicode/udata.h>
#include <unicode/unistr.h>
#include <cstdio>
#include <string>

using namespace icu;

static UBool acceptAny(void *, const char *, const char *, const UDataInfo *) { return true; }

static void print(const UnicodeString &word, int cost) {
    std::string utf8;
    word.toUTF8String(utf8);
    std::printf("%s\t%d\n", utf8.c_str(), cost);
}

int main(int, char **arguments) {
    UErrorCode error = U_ZERO_ERROR;
    UDataMemory *data = udata_openChoice(U_ICUDATA_NAME "-brkitr", "dict", arguments[1], acceptAny, nullptr, &error);
    if (U_FAILURE(error)) {
        std::fprintf(stderr, "%s: %s\n", arguments[1], u_errorName(error));
        return 1;
    }

    // Indexes of the file: 0 where the tree starts, 4 its kind, 5 what to add to a byte for its character.
    const int32_t *indexes = static_cast<const int32_t *>(udata_getMemory(data));
    const char *tree = reinterpret_cast<const char *>(indexes) + indexes[0];
    if ((indexes[4] & 7) == 1) {
        UCharsTrie::Iterator words(reinterpret_cast<const char16_t *>(tree), 0, error);
        while (words.next(error)) {
            print(words.getString(), words.getValue());
        }
    } else {
        int base = indexes[5] & 0x1FFFFF;
        BytesTrie::Iterator words(tree, 0, error);
        while (words.next(error)) {
            UnicodeString word;
            StringPiece bytes = words.getString();
            for (int i = 0; i < bytes.size(); i++) {
                int byte = static_cast<unsigned char>(bytes.data()[i]);
                word.append(static_cast<UChar32>(byte == 0xFF ? 0x200D : byte == 0xFE ? 0x200C : base + byte));
            }
            print(word, words.getValue());
        }
    }
    return U_FAILURE(error) ? 1 : 0;
}
