#include "mappings/hl7v2/character_set.hpp"

#include <algorithm>
#include <iconv.h>
#include <string>

#include "fhir/base/utf8.hpp"

namespace mappings::hl7v2 {
namespace {

using Upper = std::array<char16_t, 128>;

constexpr Upper latin1() {
  Upper upper{};
  for (std::size_t i = 0; i < upper.size(); ++i)
    upper[i] = static_cast<char16_t>(0x80 + i);
  return upper;
}

/// ISO 8859-15: eight characters of Latin-1 replaced.
constexpr Upper latin9() {
  Upper upper = latin1();
  upper[0x24] = 0x20AC;
  upper[0x26] = 0x0160;
  upper[0x28] = 0x0161;
  upper[0x34] = 0x017D;
  upper[0x38] = 0x017E;
  upper[0x3C] = 0x0152;
  upper[0x3D] = 0x0153;
  upper[0x3E] = 0x0178;
  return upper;
}

constexpr Upper windows1252() {
  constexpr std::array<char16_t, 32> kC1 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                            0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                            0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                            0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  Upper upper = latin1();
  std::copy(kC1.begin(), kC1.end(), upper.begin());
  return upper;
}

constexpr Upper kLatin1 = latin1();
constexpr Upper kLatin9 = latin9();
constexpr Upper kWindows1252 = windows1252();

/// Closes on leaving.
class Converter {
 public:
  explicit Converter(const char* from) : handle_(iconv_open("UTF-16LE", from)) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  [[nodiscard]] bool is_open() const {
    return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): iconv's own value
  }
  /// The one UTF-16 unit of a byte, or 0.
  [[nodiscard]] char16_t unit_of(unsigned char byte) {
    char in = static_cast<char>(byte);
    std::array<char, 8> out{};
    char* from = &in;
    char* to = out.data();
    std::size_t from_left = 1;
    std::size_t to_left = out.size();
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    const std::size_t done = iconv(handle_, &from, &from_left, &to, &to_left);
    if (done == static_cast<std::size_t>(-1) || to_left != out.size() - 2) return 0;
    return static_cast<char16_t>(static_cast<unsigned char>(out[0]) |
                                 static_cast<unsigned>(static_cast<unsigned char>(out[1])) << 8u);
  }

 private:
  iconv_t handle_;
};

/// Letters in upper case and digits only: `ISO-8859-1`, `8859/1` and `iso8859_1` end up alike.
std::string normalised(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      text.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      text.push_back(c);
    }
  }
  return text;
}

/// 1 to 16 of `88591` and `ISO885915`, or 0.
int part_of_8859(std::string_view name) {
  if (name.starts_with("ISO")) name.remove_prefix(3);
  if (!name.starts_with("8859") || name.size() < 5 || name.size() > 6) return 0;
  int part = 0;
  for (const char c : name.substr(4)) {
    if (c < '0' || c > '9') return 0;
    part = part * 10 + (c - '0');
  }
  return part >= 1 && part <= 16 ? part : 0;
}

bool is_utf8_name(std::string_view name) {
  return name == "UNICODEUTF8" || name == "UTF8" || name == "UNICODE" || name == "ISOIR10646";
}

bool is_1252_name(std::string_view name) {
  return name == "WINDOWS1252" || name == "CP1252" || name == "WIN1252" || name == "ANSI" || name == "1252";
}

bool is_ascii_name(std::string_view name) {
  return name == "ASCII" || name == "USASCII" || name == "ISOIR6";
}

}  // namespace

std::optional<CharacterSet> CharacterSet::find(std::string_view name) {
  const std::string wanted = normalised(name);
  CharacterSet set;
  const auto make = [&set](Form form, std::string_view code, const Upper& upper) {
    set.form_ = form;
    set.code_length_ = static_cast<std::uint8_t>(code.size());
    std::copy(code.begin(), code.end(), set.code_.begin());
    set.upper_ = upper;
    return set;
  };
  if (is_utf8_name(wanted)) return set;
  if (is_ascii_name(wanted)) return make(Form::kAscii, "ASCII", {});
  if (is_1252_name(wanted)) return make(Form::kSingleByte, "WINDOWS-1252", kWindows1252);
  const int part = part_of_8859(wanted);
  if (part == 0) return std::nullopt;
  const std::string number = std::to_string(part);
  if (part == 1) return make(Form::kSingleByte, "8859/1", kLatin1);
  if (part == 15) return make(Form::kSingleByte, "8859/15", kLatin9);
  Converter converter(("ISO-8859-" + number).c_str());
  if (!converter.is_open()) return std::nullopt;
  Upper upper{};
  for (std::size_t i = 0; i < upper.size(); ++i)
    upper[i] = converter.unit_of(static_cast<unsigned char>(0x80 + i));
  return make(Form::kSingleByte, "8859/" + number, upper);
}

CharacterSet CharacterSet::as_windows1252() const {
  return code() == "8859/1" ? find("WINDOWS-1252").value_or(*this) : *this;
}

std::size_t CharacterSet::decode(std::string& out, std::string_view bytes) const {
  if (form_ == Form::kUtf8) {
    const std::size_t bad = fhir::find_invalid_utf8(bytes);
    out.append(bytes.substr(0, bad));
    return bad;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (byte < 0x80) {
      out.push_back(bytes[i]);
      continue;
    }
    const char16_t unit = upper_[byte - 0x80u];
    if (unit == 0) return i;
    fhir::append_utf8(out, unit);
  }
  return std::string_view::npos;
}

fhir::Result<std::string> CharacterSet::encode(std::string_view text) const {
  if (form_ == Form::kUtf8) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out.push_back(text[i++]);
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    std::uint32_t scalar = lead & (0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      scalar = scalar << 6u | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    const auto found = scalar > 0xFFFF
                           ? upper_.end()
                           : std::find(upper_.begin(), upper_.end(), static_cast<char16_t>(scalar));
    if (found == upper_.end()) {
      return fhir::fail(fhir::ErrorCode::kUnprocessable, "the character at byte " + std::to_string(i) +
                                                             " is not in the character set " +
                                                             std::string(code()));
    }
    out.push_back(static_cast<char>(0x80 + (found - upper_.begin())));
    i += length;
  }
  return out;
}

}  // namespace mappings::hl7v2
