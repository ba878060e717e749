#include "cli/format/template_lexer.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "base/utf8.h"
#include "cli/format/template_tree.h"

namespace cove::cli::format::tree {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr size_t kTrimMarker = 2;  // "- " behind {{, " -" in front of }}

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Every byte of a character beyond ASCII counts as a letter.
bool is_word(char c) noexcept {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) {
      const size_t open = text_.find(kOpen, at_);
      add_text(open);
      if (open == std::string_view::npos) break;
      at_ = open;
      COVE_TRY(take_action());
    }
    add(Token::Kind::end, text_.size(), 0);
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  [[nodiscard]] Error error(size_t offset, std::string_view what) const {
    return template_error(text_, offset, what);
  }

  void add(Token::Kind kind, size_t offset, size_t size, bool after_space = false) {
    tokens_.push_back(Token{kind, offset, text_.substr(offset, size), after_space});
  }

  // The text up to `end`, where an action begins (or npos); a "-" there and at the last action's end trims
  // it.
  void add_text(size_t end) {
    size_t begin = at_;
    size_t stop = end == std::string_view::npos ? text_.size() : end;
    if (end != std::string_view::npos && left_trim_at(end + kOpen.size())) {
      while (stop > begin && is_space(text_[stop - 1])) --stop;
    }
    if (trim_next_) {
      while (begin < stop && is_space(text_[begin])) ++begin;
    }
    trim_next_ = false;
    if (stop > begin) add(Token::Kind::text, begin, stop - begin);
  }

  [[nodiscard]] bool left_trim_at(size_t at) const noexcept {
    return at + 1 < text_.size() && text_[at] == '-' && is_space(text_[at + 1]);
  }
  [[nodiscard]] bool right_trim_at(size_t at) const noexcept {
    return at + 1 < text_.size() && is_space(text_[at]) && text_[at + 1] == '-' &&
           text_.substr(at + kTrimMarker).starts_with(kClose);
  }

  Status take_action() {
    const size_t open = at_;
    at_ += kOpen.size();
    if (left_trim_at(at_)) at_ += kTrimMarker;
    if (rest().starts_with("/*")) return skip_comment(open);
    add(Token::Kind::open, open, kOpen.size());
    depth_ = 0;
    while (true) {
      const size_t before = at_;
      while (at_ < text_.size() && is_space(text_[at_]) && !right_trim_at(at_)) ++at_;
      if (at_ == text_.size()) return error(open, "unclosed action");
      if (take_close()) break;
      COVE_TRY(take_token(at_ != before));
    }
    if (depth_ != 0) return error(at_ - kClose.size(), "unclosed left paren");
    return {};
  }

  bool take_close() {
    const bool trims = right_trim_at(at_);
    const size_t close = trims ? at_ + kTrimMarker : at_;
    if (!text_.substr(close).starts_with(kClose)) return false;
    add(Token::Kind::close, close, kClose.size(), trims);
    at_ = close + kClose.size();
    trim_next_ = trims;
    return true;
  }

  Status skip_comment(size_t open) {
    const size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return error(open, "unclosed comment");
    at_ = end + 2;
    trim_next_ = right_trim_at(at_);
    if (trim_next_) at_ += kTrimMarker;
    if (!rest().starts_with(kClose)) return error(at_, "comment ends before closing delimiter }}");
    at_ += kClose.size();
    return {};
  }

  Status take_token(bool after_space) {
    const char c = text_[at_];
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '"' || c == '`' || c == '\'') return take_quoted(c, after_space);
    if (c == '$' || (c == '.' && is_word(next) && !is_digit(next)) || (is_word(c) && !is_digit(c))) {
      return take_word(after_space);
    }
    if (is_digit(c) ||
        ((c == '.' || c == '+' || c == '-') && (is_digit(next) || (c != '.' && next == '.')))) {
      return take_number(after_space);
    }
    if (c == ':' && next == '=') return take_mark(Token::Kind::declare, 2, after_space);
    switch (c) {
      case '=':
        return take_mark(Token::Kind::assign, 1, after_space);
      case ',':
        return take_mark(Token::Kind::comma, 1, after_space);
      case '|':
        return take_mark(Token::Kind::pipe, 1, after_space);
      case '.':
        return take_mark(Token::Kind::dot, 1, after_space);
      case '(':
        ++depth_;
        return take_mark(Token::Kind::left_paren, 1, after_space);
      case ')':
        if (depth_ == 0) return error(at_, "unexpected right paren");
        --depth_;
        return take_mark(Token::Kind::right_paren, 1, after_space);
      default:
        return error(
            at_, fmt::format("unexpected {} in an action", quote(rest().substr(0, next_utf8(rest()).size))));
    }
  }

  Status take_mark(Token::Kind kind, size_t size, bool after_space) {
    add(kind, at_, size, after_space);
    at_ += size;
    return {};
  }

  // .Name, $name, $, name.
  Status take_word(bool after_space) {
    const size_t begin = at_;
    const char c = text_[at_++];
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const auto kind = c == '.'   ? Token::Kind::field
                      : c == '$' ? Token::Kind::variable
                                 : Token::Kind::identifier;
    add(kind, begin, at_ - begin, after_space);
    return check_word_end(begin);
  }

  // What may follow a word without a blank.
  [[nodiscard]] Status check_word_end(size_t begin) const {
    if (at_ == text_.size() || is_space(text_[at_])) return {};
    if (std::string_view(".,|:)(=").find(text_[at_]) != std::string_view::npos) return {};
    if (rest().starts_with(kClose)) return {};
    return error(at_, fmt::format("unexpected {} behind {}", quote(rest().substr(0, next_utf8(rest()).size)),
                                  quote(text_.substr(begin, at_ - begin))));
  }

  // Roughly a number: the parser looks at it closely.
  Status take_number(bool after_space) {
    const size_t begin = at_;
    if (text_[at_] == '+' || text_[at_] == '-') ++at_;
    while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '.' || sign_of_exponent(begin))) ++at_;
    add(Token::Kind::number, begin, at_ - begin, after_space);
    return {};
  }

  [[nodiscard]] bool sign_of_exponent(size_t begin) const noexcept {
    if ((text_[at_] != '+' && text_[at_] != '-') || at_ == begin) return false;
    const bool hexadecimal = text_.substr(begin, at_ - begin).find_first_of("xX") != std::string_view::npos;
    const char before = text_[at_ - 1];
    return hexadecimal ? before == 'p' || before == 'P' : before == 'e' || before == 'E';
  }

  Status take_quoted(char mark, bool after_space) {
    const size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != mark && (mark == '`' || text_[at_] != '\n')) {
      at_ += mark != '`' && text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size() || text_[at_] != mark) {
      return error(begin, mark == '\'' ? "unterminated character constant" : "unterminated quoted string");
    }
    ++at_;
    add(mark == '\'' ? Token::Kind::character : Token::Kind::string, begin, at_ - begin, after_space);
    return {};
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;        // of parentheses
  bool trim_next_ = false;  // the last action ended with -}}
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> split_tokens(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace cove::cli::format::tree
