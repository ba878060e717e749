#include "cli/format/pattern.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/strings.h"

namespace cove::cli::format {
namespace {

constexpr size_t kLongest = 1000;
constexpr size_t kMostSteps = 5000;
constexpr size_t kDeepest = 50;
constexpr size_t kMostRepeats = 1000;

using Set = std::bitset<256>;

// One piece of the expression. `most` of a repeat: 0 for without end.
struct Piece {
  enum class Kind : uint8_t { set, begin, end, sequence, choice, repeat };
  Kind kind = Kind::sequence;
  Set set;
  std::vector<Piece> parts;
  size_t least = 0;
  size_t most = 0;
};

Set range(unsigned char first, unsigned char last) {
  Set set;
  for (unsigned byte = first; byte <= last; ++byte) set.set(byte);
  return set;
}

std::optional<Set> named_class(char letter) {
  switch (letter) {
    case 'd':
      return range('0', '9');
    case 'D':
      return ~range('0', '9');
    case 'w':
      return range('0', '9') | range('a', 'z') | range('A', 'Z') | range('_', '_');
    case 'W':
      return ~*named_class('w');
    case 's':
      return range('\t', '\n') | range('\f', '\r') | range(' ', ' ');
    case 'S':
      return ~*named_class('s');
    default:
      return std::nullopt;
  }
}

Set single(char c) {
  return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
}

class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  Result<Piece> parse() {
    Piece piece = COVE_TRY(parse_choice(0));
    if (at_ != text_.size()) return error("unexpected ')'");
    return piece;
  }

 private:
  [[nodiscard]] Error error(std::string_view what) const {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("the pattern {} is wrong at byte {}: {}", quote(text_), at_ + 1, what));
  }
  [[nodiscard]] bool done() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] bool at(char c) const noexcept { return !done() && text_[at_] == c; }

  Result<Piece> parse_choice(size_t depth) {
    if (depth > kDeepest) return error("too many groups within each other");
    Piece choice{.kind = Piece::Kind::choice};
    choice.parts.push_back(COVE_TRY(parse_sequence(depth)));
    while (at('|')) {
      ++at_;
      choice.parts.push_back(COVE_TRY(parse_sequence(depth)));
    }
    return choice;
  }

  Result<Piece> parse_sequence(size_t depth) {
    Piece sequence;
    while (!done() && !at('|') && !at(')')) {
      Piece atom = COVE_TRY(parse_atom(depth));
      while (!done() && (at('*') || at('+') || at('?') || count_follows())) {
        Piece repeat{.kind = Piece::Kind::repeat};
        COVE_TRY(take_count(repeat));
        repeat.parts.push_back(std::move(atom));
        if (++repeats_ > kMostRepeats) return error("too many repeats");
        if (at('?')) ++at_;  // which match is found first makes no difference here
        atom = std::move(repeat);
        if (!done() && (at('*') || at('+') || at('?') || count_follows()))
          return error("a repeat of a repeat");
      }
      sequence.parts.push_back(std::move(atom));
    }
    return sequence;
  }

  [[nodiscard]] bool count_follows() const noexcept {
    return at('{') && at_ + 1 < text_.size() && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9';
  }

  Status take_count(Piece& repeat) {
    const char mark = text_[at_++];
    repeat.least = mark == '+' ? 1 : 0;
    repeat.most = mark == '?' ? 1 : 0;
    if (mark != '{') return {};
    const size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return error("'{' without '}'");
    const Halves halves = split_once(text_.substr(at_, end - at_), ',');
    const auto least = parse_number<size_t>(halves.first);
    const bool open = halves.second && halves.second->empty();
    const auto most = !halves.second ? least
                      : open         ? std::optional<size_t>(0)
                                     : parse_number<size_t>(*halves.second);
    if (!least || !most || *least > kMostRepeats || *most > kMostRepeats ||
        (!open && (*most < *least || *most == 0))) {
      return error("a count as {3}, {3,} or {3,5}, of at most 1000, was expected");
    }
    repeat.least = *least;
    repeat.most = *most;
    at_ = end + 1;
    return {};
  }

  Result<Piece> parse_atom(size_t depth) {
    const char c = text_[at_];
    if (c == '*' || c == '+' || c == '?') return error("nothing to repeat");
    if (c == '(') return parse_group(depth);
    if (c == '[') return Piece{.kind = Piece::Kind::set, .set = COVE_TRY(parse_class())};
    ++at_;
    if (c == '^') return Piece{.kind = Piece::Kind::begin};
    if (c == '$') return Piece{.kind = Piece::Kind::end};
    if (c == '.') return Piece{.kind = Piece::Kind::set, .set = ~single('\n')};
    if (c == '\\') return Piece{.kind = Piece::Kind::set, .set = COVE_TRY(parse_escape())};
    return Piece{.kind = Piece::Kind::set, .set = single(c)};
  }

  Result<Piece> parse_group(size_t depth) {
    ++at_;
    if (text_.substr(at_).starts_with("?:")) {
      at_ += 2;
    } else if (at('?')) {
      return error("groups of this kind are not supported");
    }
    Piece piece = COVE_TRY(parse_choice(depth + 1));
    if (!at(')')) return error("'(' without ')'");
    ++at_;
    return piece;
  }

  // Behind the backslash.
  Result<Set> parse_escape() {
    if (done()) return error("a backslash at the end");
    const char c = text_[at_];
    if (const auto set = named_class(c)) {
      ++at_;
      return *set;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) return error(fmt::format("the escape \\{} is not supported", c));
    ++at_;
    return single(c);
  }

  Result<Set> parse_class() {
    ++at_;
    const bool negated = at('^');
    if (negated) ++at_;
    Set set;
    bool first = true;
    while (first || !at(']')) {
      if (done()) return error("'[' without ']'");
      if (text_.substr(at_).starts_with("[:")) return error("named classes are not supported");
      const char low = text_[at_];
      const bool escaped = low == '\\';
      first = false;
      ++at_;
      if (escaped) {
        set |= COVE_TRY(parse_escape());
      } else if (at('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        const char high = text_[at_ + 1];
        if (static_cast<unsigned char>(high) < static_cast<unsigned char>(low))
          return error("a range that ends before it begins");
        set |= range(static_cast<unsigned char>(low), static_cast<unsigned char>(high));
        at_ += 2;
      } else {
        set |= single(low);
      }
    }
    ++at_;
    return negated ? ~set : set;
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t repeats_ = 0;
};

}  // namespace

class PatternCompiler {
 public:
  explicit PatternCompiler(Pattern& pattern) : steps_(pattern.steps_) {}

  Status compile(const Piece& piece) {
    COVE_TRY(add_piece(piece));
    return add(Kind::match).ok() ? Status() : too_long();
  }

 private:
  using Step = Pattern::Step;
  using Kind = Step::Kind;

  static Error too_long() { return Error(ErrorCode::invalid_argument, "the pattern repeats too much"); }

  Result<size_t> add(Kind kind) {
    if (steps_.size() == kMostSteps) return too_long();
    steps_.push_back(Step{.kind = kind});
    return steps_.size() - 1;
  }

  Status add_piece(const Piece& piece) {
    if (++work_ > 10 * kMostSteps) return too_long();  // pieces that need no step may be repeated too
    switch (piece.kind) {
      case Piece::Kind::set:
        steps_.at(COVE_TRY(add(Kind::set))).set = piece.set;
        return {};
      case Piece::Kind::begin:
        COVE_TRY(add(Kind::begin));
        return {};
      case Piece::Kind::end:
        COVE_TRY(add(Kind::end));
        return {};
      case Piece::Kind::sequence:
        for (const Piece& part : piece.parts) COVE_TRY(add_piece(part));
        return {};
      case Piece::Kind::choice:
        return add_choice(piece);
      case Piece::Kind::repeat:
        return add_repeat(piece);
    }
    return {};
  }

  Status add_choice(const Piece& piece) {
    std::vector<size_t> jumps;
    for (size_t i = 0; i + 1 < piece.parts.size(); ++i) {
      const size_t split = COVE_TRY(add(Kind::split));
      COVE_TRY(add_piece(piece.parts[i]));
      jumps.push_back(COVE_TRY(add(Kind::jump)));
      steps_[split].first = split + 1;
      steps_[split].second = steps_.size();
    }
    COVE_TRY(add_piece(piece.parts.back()));
    for (const size_t jump : jumps) steps_[jump].first = steps_.size();
    return {};
  }

  Status add_repeat(const Piece& piece) {
    for (size_t i = 0; i < piece.least; ++i) COVE_TRY(add_piece(piece.parts[0]));
    if (piece.most == 0) {
      const size_t split = COVE_TRY(add(Kind::split));
      COVE_TRY(add_piece(piece.parts[0]));
      steps_[COVE_TRY(add(Kind::jump))].first = split;
      steps_[split].first = split + 1;
      steps_[split].second = steps_.size();
      return {};
    }
    for (size_t i = piece.least; i < piece.most; ++i) {
      const size_t split = COVE_TRY(add(Kind::split));
      COVE_TRY(add_piece(piece.parts[0]));
      steps_[split].first = split + 1;
      steps_[split].second = steps_.size();
    }
    return {};
  }

  std::vector<Step>& steps_;
  size_t work_ = 0;
};

// All the steps at which the text so far can have led, at once.
class PatternSearch {
 public:
  PatternSearch(const std::vector<Pattern::Step>& steps, std::string_view text)
      : steps_(steps), text_(text), seen_(steps.size(), SIZE_MAX) {}

  bool run() {
    std::vector<size_t> next;
    for (size_t at = 0; at <= text_.size(); ++at) {
      follow(0, at);  // a match may begin here
      if (matched_) return true;
      if (at == text_.size()) break;
      next.clear();
      std::swap(current_, next);
      for (const size_t step : next) {
        if (steps_[step].set.test(static_cast<unsigned char>(text_[at]))) follow(step + 1, at + 1);
      }
      if (matched_) return true;
    }
    return false;
  }

 private:
  // Goes on from `step` as far as no byte is needed.
  void follow(size_t step, size_t at) {
    std::vector<size_t>& open = open_;
    open.assign(1, step);
    while (!open.empty()) {
      const size_t index = open.back();
      open.pop_back();
      if (seen_[index] == at) continue;
      seen_[index] = at;
      const Pattern::Step& now = steps_[index];
      switch (now.kind) {
        case Pattern::Step::Kind::set:
          current_.push_back(index);
          break;
        case Pattern::Step::Kind::begin:
          if (at == 0) open.push_back(index + 1);
          break;
        case Pattern::Step::Kind::end:
          if (at == text_.size()) open.push_back(index + 1);
          break;
        case Pattern::Step::Kind::split:
          open.push_back(now.first);
          open.push_back(now.second);
          break;
        case Pattern::Step::Kind::jump:
          open.push_back(now.first);
          break;
        case Pattern::Step::Kind::match:
          matched_ = true;
          break;
      }
    }
  }

  const std::vector<Pattern::Step>& steps_;
  std::string_view text_;
  std::vector<size_t> seen_;     // the position at which a step was last reached
  std::vector<size_t> current_;  // steps that wait for the next byte
  std::vector<size_t> open_;
  bool matched_ = false;
};

Result<Pattern> Pattern::parse(std::string_view text) {
  if (text.size() > kLongest) {
    return Error(ErrorCode::invalid_argument, fmt::format("a pattern of more than {} bytes", kLongest));
  }
  const Piece piece = COVE_TRY(PatternParser(text).parse());
  Pattern pattern;
  COVE_TRY(PatternCompiler(pattern).compile(piece));
  return pattern;
}

bool Pattern::search(std::string_view text) const {
  return PatternSearch(steps_, text).run();
}

}  // namespace cove::cli::format
