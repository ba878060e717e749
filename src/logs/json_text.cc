#include "logs/json_text.h"

#include <algorithm>
#include <array>
#include <string>
#include <variant>

#include "base/strict_json.h"
#include "base/time_text.h"

namespace cove::logs {
namespace {

struct Escapes {
  // For each byte its escape; size 0: it stands for itself, or begins a UTF-8 sequence.
  std::array<std::array<char, kLongestEscape>, 128> text{};
  std::array<uint8_t, 128> size{};
};

constexpr Escapes make_escapes() {
  constexpr std::string_view kHex = "0123456789abcdef";
  Escapes escapes;
  for (size_t c = 0; c < 128; ++c) {
    const bool special = c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&';
    if (!special) continue;
    escapes.text[c] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
    escapes.size[c] = kLongestEscape;
  }
  constexpr std::string_view kShort = "\"\\\n\r";
  constexpr std::string_view kLetters = "\"\\nr";
  for (size_t i = 0; i < kShort.size(); ++i) {
    const auto c = static_cast<unsigned char>(kShort[i]);
    escapes.text[c][1] = kLetters[i];
    escapes.size[c] = 2;
  }
  return escapes;
}
constexpr Escapes kEscapes = make_escapes();

constexpr std::string_view kReplacement = "\\ufffd";
constexpr std::string_view kLineSeparator = "\xe2\x80\xa8";
constexpr std::string_view kParagraphSeparator = "\xe2\x80\xa9";

bool is_plain_ascii(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 128 && kEscapes.size[byte] == 0;
}

// How many bytes a sequence that begins with `lead` has; 0: none begins so.
size_t sequence_length(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

// Whether `second` may follow `lead`: no overlong form, no surrogate, nothing beyond U+10FFFF (RFC 3629).
bool may_follow(unsigned char lead, unsigned char second) noexcept {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return (second & 0xc0U) == 0x80;
  }
}

// The character that stands for a code point, at `at`; gives the place behind it.
char* put_utf8(char* at, uint32_t code) noexcept {
  if (code < 0x80) {
    *at++ = static_cast<char>(code);
    return at;
  }
  const unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::array<uint32_t, 4> kLeads{0, 0xc0, 0xe0, 0xf0};
  *at++ = static_cast<char>(kLeads[more] | code >> (6 * more));
  for (unsigned i = more; i-- > 0;) *at++ = static_cast<char>(0x80U | (code >> (6 * i) & 0x3fU));
  return at;
}

// Reads a line from its front, in the form that Docker and cove write.
class LineReader {
 public:
  LineReader(char* line, size_t size) noexcept : at_(line), end_(line + size) {}

  bool skip(std::string_view expected) noexcept {
    if (!rest().starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_ || rest() == "\n"; }
  [[nodiscard]] std::string_view rest() const noexcept { return {at_, static_cast<size_t>(end_ - at_)}; }

  // A string's inside up to its closing quote, unescaped in place: what is left is never longer.
  std::optional<std::string_view> take_string() noexcept {
    char* const begin = at_;
    char* out = at_;
    while (at_ != end_ && *at_ != '"') {
      if (static_cast<unsigned char>(*at_) < 0x20) return std::nullopt;
      if (*at_ != '\\') {
        *out++ = *at_++;
      } else if (!take_escape(out)) {
        return std::nullopt;
      }
    }
    if (at_ == end_) return std::nullopt;
    ++at_;
    return std::string_view(begin, static_cast<size_t>(out - begin));
  }

 private:
  bool take_escape(char*& out) noexcept {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (end_ - at_ < 2) return false;
    const char name = at_[1];
    if (name == 'u') {
      const auto code = take_code();
      if (code) out = put_utf8(out, *code);
      return code.has_value();
    }
    const size_t index = kNames.find(name);
    if (index == std::string_view::npos) return false;
    *out++ = kMeanings[index];
    at_ += 2;
    return true;
  }

  // \uXXXX, or two of them as a surrogate pair.
  std::optional<uint32_t> take_code() noexcept {
    const auto first = take_unit();
    if (!first || *first < 0xd800 || *first > 0xdfff) return first;
    const auto second = *first < 0xdc00 ? take_unit() : std::nullopt;
    if (!second || *second < 0xdc00 || *second > 0xdfff) return std::nullopt;
    return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
  }
  std::optional<uint32_t> take_unit() noexcept {
    if (end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u') return std::nullopt;
    uint32_t unit = 0;
    for (int i = 2; i < 6; ++i) {
      const auto c = static_cast<unsigned char>(at_[i]);
      const auto lower = static_cast<unsigned char>(c | 0x20U);
      if (c >= '0' && c <= '9') {
        unit = unit * 16 + (c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        unit = unit * 16 + (lower - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    at_ += 6;
    return unit;
  }

  char* at_;
  char* end_;
};

std::optional<Channel> parse_stream(std::string_view name) noexcept {
  if (name == "stdout") return Channel::out;
  if (name == "stderr") return Channel::err;
  return std::nullopt;
}

std::optional<Chunk> make_chunk(std::string_view log, std::string_view stream,
                                std::string_view time) noexcept {
  const auto channel = parse_stream(stream);
  const auto time_ns = parse_time(time);
  if (!channel || !time_ns || log.empty()) return std::nullopt;
  return Chunk{.channel = *channel, .time_ns = *time_ns, .text = log};
}

// The usual form. Unescapes in place, so a line that it has refused is spoilt.
std::optional<Chunk> parse_usual(char* line, size_t size) noexcept {
  LineReader reader(line, size);
  if (!reader.skip("{\"log\":\"")) return std::nullopt;
  const auto log = reader.take_string();
  if (!log || !reader.skip(",\"stream\":\"")) return std::nullopt;
  const auto stream = reader.take_string();
  if (!stream || !reader.skip(",\"time\":\"")) return std::nullopt;
  const auto time = reader.take_string();
  if (!time || !reader.skip("}") || !reader.at_end()) return std::nullopt;
  return make_chunk(*log, *stream, *time);
}

// No text within a string looks like this end: its quotes would be escaped.
bool looks_usual(std::string_view text) noexcept {
  constexpr size_t kLongestEnd = 80;
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kLongestEnd));
  const auto has = [&](Channel channel) {
    return end.find(json_stream_part(channel)) != std::string_view::npos;
  };
  return text.starts_with(kJsonHead) && (has(Channel::out) || has(Channel::err));
}

// Any form. Its text is put where the line was.
std::optional<Chunk> parse_any(char* line, std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed) return std::nullopt;
  const auto* members = std::get_if<json::Object>(&parsed->data);
  if (members == nullptr) return std::nullopt;
  std::array<const std::string*, 3> found{};
  constexpr std::array<std::string_view, 3> kKeys{"log", "stream", "time"};
  for (const json::Member& member : *members) {
    for (size_t i = 0; i < kKeys.size(); ++i)
      if (member.key == kKeys[i]) found[i] = std::get_if<std::string>(&member.value.data);
  }
  const auto [log, stream, time] = found;
  if (log == nullptr || stream == nullptr || time == nullptr || log->size() > text.size())
    return std::nullopt;
  log->copy(line, log->size());
  return make_chunk({line, log->size()}, *stream, *time);
}

}  // namespace

size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t length = sequence_length(lead);
  if (length <= 1) return length;
  if (text.size() < length || !may_follow(lead, static_cast<unsigned char>(text[1]))) return 0;
  for (size_t i = 2; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80) return 0;
  return length;
}

std::string_view whole_characters(std::string_view text) noexcept {
  for (size_t back = 1; back <= 3 && back < text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0U) == 0x80) continue;  // inside a sequence
    return sequence_length(byte) > back ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

std::string_view next_json_piece(std::string_view& text) noexcept {
  size_t run = 0;
  while (run < text.size()) {
    if (is_plain_ascii(text[run])) {
      ++run;
      continue;
    }
    const std::string_view rest = text.substr(run);
    const size_t length = static_cast<unsigned char>(rest.front()) < 128 ? 0 : utf8_length(rest);
    if (length == 0 || rest.starts_with(kLineSeparator) || rest.starts_with(kParagraphSeparator)) break;
    run += length;
  }
  if (run > 0) {
    const std::string_view piece = text.substr(0, run);
    text.remove_prefix(run);
    return piece;
  }
  if (text.starts_with(kLineSeparator) || text.starts_with(kParagraphSeparator)) {
    const bool line = text.starts_with(kLineSeparator);
    text.remove_prefix(kLineSeparator.size());
    return line ? "\\u2028" : "\\u2029";
  }
  const auto byte = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (byte >= 128) return kReplacement;
  return {kEscapes.text[byte].data(), kEscapes.size[byte]};
}

std::string_view json_stream_part(Channel channel) noexcept {
  return channel == Channel::out ? "\",\"stream\":\"stdout\",\"time\":\""
                                 : "\",\"stream\":\"stderr\",\"time\":\"";
}

std::optional<Chunk> parse_json_line(char* line, size_t size) {
  const std::string_view text(line, size);
  if (!looks_usual(text)) return parse_any(line, text);
  return parse_usual(line, size);
}

}  // namespace cove::logs
