#include "cli/format/template_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/strings.h"
#include "cli/format/template_constant.h"
#include "cli/format/template_functions.h"
#include "cli/format/template_lexer.h"

namespace cove::cli::format::tree {

Error template_error(std::string_view text, size_t offset, std::string_view what, std::string_view verb) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t start = before.rfind('\n');
  const size_t column = start == std::string_view::npos ? offset : offset - start - 1;
  return Error(ErrorCode::invalid_argument,
               fmt::format("failed to {} template: template: :{}:{}: {}", verb, line, column, what));
}

namespace {

using Kind = Token::Kind;

class Parser {
 public:
  Parser(Tree& tree, std::span<const Token> tokens) : tree_(tree), tokens_(tokens) {}

  Status run() {
    const Ending ending = COVE_TRY(parse_list(tree_.root, true));
    if (ending == Ending::text) return check_calls();
    return error(closing_, ending == Ending::end ? "unexpected {{end}}" : "unexpected {{else}}");
  }

 private:
  enum class Ending : uint8_t { text, end, otherwise };

  [[nodiscard]] const Token& peek() const noexcept { return tokens_[at_]; }
  const Token& next() noexcept { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  [[nodiscard]] Error error(size_t offset, std::string_view what) const {
    return template_error(tree_.text, offset, what);
  }
  [[nodiscard]] Error unexpected(const Token& token, std::string_view where) const {
    const std::string what = token.kind == Kind::end ? std::string("end of the template") : quote(token.text);
    return error(token.offset, fmt::format("unexpected {} in {}", what, where));
  }
  [[nodiscard]] size_t end_of_last() const noexcept {
    return at_ == 0 ? 0 : tokens_[at_ - 1].offset + tokens_[at_ - 1].text.size();
  }

  Status enter(size_t offset) {
    if (++depth_ <= kDeepestTemplate) return {};
    return error(offset, fmt::format("more than {} constructs within each other", kDeepestTemplate));
  }

  // Up to {{end}}, {{else}} or the end of the text. What follows "else" is left to the caller.
  Result<Ending> parse_list(List& list, bool top) {
    while (true) {
      const Token& token = next();
      if (token.kind == Kind::end) return Ending::text;
      if (token.kind == Kind::text) {
        list.push_back(Node{.kind = Node::Kind::text,
                            .extent = {token.offset, end_of_last()},
                            .text = std::string(token.text)});
        continue;
      }
      const Token& word = peek();  // behind {{
      if (word.kind == Kind::identifier && (word.text == "end" || word.text == "else")) {
        closing_ = word.offset;
        next();
        if (word.text == "else") return Ending::otherwise;
        COVE_TRY(expect_close("end"));
        return Ending::end;
      }
      COVE_TRY(parse_action(list, top));
    }
  }

  Status expect_close(std::string_view where) {
    const Token& token = next();
    if (token.kind != Kind::close) return unexpected(token, where);
    return {};
  }

  Status parse_action(List& list, bool top) {
    const Token& word = peek();
    if (word.kind == Kind::identifier) {
      if (word.text == "if") return parse_branch(list, Node::Kind::branch);
      if (word.text == "with") return parse_branch(list, Node::Kind::with);
      if (word.text == "range") return parse_branch(list, Node::Kind::range);
      if (word.text == "template") return parse_call(list);
      if (word.text == "block") return parse_block(list);
      if (word.text == "define") return parse_define(top);
      if (word.text == "break") return parse_jump(list, Node::Kind::leave);
      if (word.text == "continue") return parse_jump(list, Node::Kind::skip);
    }
    Node node{.kind = Node::Kind::action, .extent = {word.offset, word.offset}};
    node.pipeline = COVE_TRY(parse_pipeline(Kind::close, "command", 1));
    node.extent = node.pipeline->extent;
    list.push_back(std::move(node));
    return expect_close("command");
  }

  Status parse_branch(List& list, Node::Kind kind) {
    const Token& word = next();
    COVE_TRY(enter(word.offset));
    const size_t variables = variables_.size();
    const bool loop = kind == Node::Kind::range;
    Node node{.kind = kind, .extent = {word.offset, word.offset + word.text.size()}};
    node.pipeline = COVE_TRY(parse_pipeline(Kind::close, word.text, loop ? 2 : 1));
    COVE_TRY(expect_close(word.text));
    loops_ += loop ? 1 : 0;
    Ending ending = COVE_TRY(parse_list(node.body, false));
    loops_ -= loop ? 1 : 0;
    if (ending == Ending::otherwise) ending = COVE_TRY(parse_else(node));
    if (ending == Ending::text)
      return error(word.offset, fmt::format("{{{{{}}}}} without {{{{end}}}}", word.text));
    variables_.resize(variables);
    --depth_;
    list.push_back(std::move(node));
    return {};
  }

  // Behind "else": "if …" and "with …" stand for a branch of their own that shares the {{end}}.
  Result<Ending> parse_else(Node& node) {
    const Token& word = peek();
    const bool chained =
        word.kind == Kind::identifier && ((word.text == "if" && node.kind == Node::Kind::branch) ||
                                          (word.text == "with" && node.kind == Node::Kind::with));
    if (chained) {
      COVE_TRY(parse_branch(node.otherwise, node.kind));
      return Ending::end;
    }
    COVE_TRY(expect_close("else"));
    const Ending ending = COVE_TRY(parse_list(node.otherwise, false));
    if (ending == Ending::otherwise) return error(closing_, "expected {{end}}; found {{else}}");
    return ending;
  }

  Status parse_jump(List& list, Node::Kind kind) {
    const Token& word = next();
    if (loops_ == 0) return error(word.offset, fmt::format("{{{{{}}}}} outside {{{{range}}}}", word.text));
    list.push_back(Node{.kind = kind, .extent = {word.offset, word.offset + word.text.size()}});
    return expect_close(word.text);
  }

  Result<std::string> parse_name(std::string_view where) {
    const Token& token = next();
    if (token.kind != Kind::string) return unexpected(token, where);
    auto name = unquote(token.text);
    if (!name) return error(token.offset, "a quoted text with an unknown escape");
    return std::move(*name);
  }

  Status parse_call(List& list) {
    const Token& word = next();
    Node node{.kind = Node::Kind::call, .extent = {word.offset, word.offset + word.text.size()}};
    node.text = COVE_TRY(parse_name("template clause"));
    if (peek().kind != Kind::close)
      node.pipeline = COVE_TRY(parse_pipeline(Kind::close, "template clause", 1));
    list.push_back(std::move(node));
    return expect_close("template clause");
  }

  // A definition in its own scope: no variables but "$" of outside are seen in it.
  Status parse_body(const Token& word, std::string name) {
    COVE_TRY(enter(word.offset));
    std::vector<std::string> outer{"$"};
    outer.swap(variables_);
    const size_t loops = std::exchange(loops_, 0);
    List body;
    const Ending ending = COVE_TRY(parse_list(body, false));
    if (ending == Ending::text)
      return error(word.offset, fmt::format("{{{{{}}}}} without {{{{end}}}}", word.text));
    if (ending == Ending::otherwise)
      return error(closing_, fmt::format("unexpected {{{{else}}}} in {}", word.text));
    variables_ = std::move(outer);
    loops_ = loops;
    --depth_;
    tree_.named.insert_or_assign(std::move(name), std::move(body));
    return {};
  }

  Status parse_define(bool top) {
    const Token& word = next();
    if (!top) return error(word.offset, "unexpected {{define}}: it may not stand in another construct");
    std::string name = COVE_TRY(parse_name("define clause"));
    COVE_TRY(expect_close("define clause"));
    return parse_body(word, std::move(name));
  }

  Status parse_block(List& list) {
    const Token& word = next();
    Node node{.kind = Node::Kind::call, .extent = {word.offset, word.offset + word.text.size()}};
    node.text = COVE_TRY(parse_name("block clause"));
    node.pipeline = COVE_TRY(parse_pipeline(Kind::close, "block clause", 1));
    COVE_TRY(expect_close("block clause"));
    COVE_TRY(parse_body(word, node.text));
    list.push_back(std::move(node));
    return {};
  }

  // Up to `close`, which stays. `most`: how many variables may be set.
  Result<std::unique_ptr<Pipeline>> parse_pipeline(Kind close, std::string_view where, size_t most) {
    auto pipeline = std::make_unique<Pipeline>();
    pipeline->extent.begin = peek().offset;
    COVE_TRY(parse_variables(*pipeline, where, most));
    while (true) {
      const Token& token = peek();
      if (token.kind == close) break;
      Command command = COVE_TRY(parse_command(close, where));
      pipeline->commands.push_back(std::move(command));
      if (peek().kind != Kind::pipe) break;
      const size_t bar = next().offset;
      if (peek().kind == close) return error(bar, fmt::format("missing command behind '|' in {}", where));
    }
    if (peek().kind != close) return unexpected(peek(), where);
    if (pipeline->commands.empty()) return error(peek().offset, fmt::format("missing value for {}", where));
    pipeline->extent.end = end_of_last();
    COVE_TRY(check_stages(*pipeline));
    if (pipeline->declares) {
      for (const std::string& name : pipeline->variables) variables_.push_back(name);
    }
    return pipeline;
  }

  // "$x :=", "$x =", and in a range "$i, $x :=".
  Status parse_variables(Pipeline& pipeline, std::string_view where, size_t most) {
    if (peek().kind != Kind::variable) return {};
    const Kind second = tokens_[at_ + 1].kind;
    const bool pair = second == Kind::comma;
    if (!pair && second != Kind::declare && second != Kind::assign) return {};
    if (pair && most < 2) return error(peek().offset, fmt::format("too many declarations in {}", where));
    pipeline.variables.emplace_back(next().text);
    if (pair) {
      next();
      if (peek().kind != Kind::variable) return unexpected(peek(), where);
      pipeline.variables.emplace_back(next().text);
    }
    const Token& mark = next();
    if (mark.kind != Kind::declare && mark.kind != Kind::assign) return unexpected(mark, where);
    pipeline.declares = mark.kind == Kind::declare;
    if (!pipeline.declares) {
      for (const std::string& name : pipeline.variables) COVE_TRY(check_variable(name, mark.offset));
    }
    return {};
  }

  [[nodiscard]] Status check_variable(std::string_view name, size_t offset) const {
    if (std::find(variables_.begin(), variables_.end(), name) != variables_.end()) return {};
    return error(offset, fmt::format("undefined variable \"{}\"", name));
  }

  // Only what can be called may stand behind a '|'.
  [[nodiscard]] Status check_stages(const Pipeline& pipeline) const {
    for (size_t i = 1; i < pipeline.commands.size(); ++i) {
      const Operand& first = pipeline.commands[i].words.front();
      const bool value = first.kind == Operand::Kind::nil || first.kind == Operand::Kind::constant ||
                         (first.kind == Operand::Kind::dot && first.fields.empty());
      if (!value) continue;
      return error(first.extent.begin, fmt::format("non executable command in pipeline stage {}", i + 1));
    }
    return {};
  }

  Result<Command> parse_command(Kind close, std::string_view where) {
    Command command;
    while (true) {
      const Token& token = peek();
      const bool done = token.kind == close || token.kind == Kind::pipe;
      if (done && command.words.empty())
        return error(token.offset, fmt::format("missing value for {}", where));
      if (done) return command;
      if (!command.words.empty() && !token.after_space) return unexpected(token, where);
      Operand operand = COVE_TRY(parse_operand(where));
      command.words.push_back(std::move(operand));
    }
  }

  Result<Operand> parse_operand(std::string_view where) {
    const Token& token = next();
    Operand operand;
    operand.extent.begin = token.offset;
    COVE_TRY(parse_term(token, operand, where));
    const bool literal = operand.kind == Operand::Kind::nil || operand.kind == Operand::Kind::constant ||
                         (operand.kind == Operand::Kind::dot && token.kind == Kind::dot);
    while (peek().kind == Kind::field && !peek().after_space) {
      if (literal) {
        return error(peek().offset, fmt::format("unexpected . after term {}", quote(token.text)));
      }
      operand.fields.emplace_back(next().text.substr(1));
    }
    operand.extent.end = end_of_last();
    return operand;
  }

  Status parse_term(const Token& token, Operand& operand, std::string_view where) {
    switch (token.kind) {
      case Kind::dot:
        return {};
      case Kind::field:
        operand.fields.emplace_back(token.text.substr(1));
        return {};
      case Kind::variable:
        operand.kind = Operand::Kind::variable;
        operand.name = token.text;
        return check_variable(token.text, token.offset);
      case Kind::identifier:
        return parse_identifier(token, operand);
      case Kind::left_paren:
        COVE_TRY(enter(token.offset));
        operand.kind = Operand::Kind::pipeline;
        operand.pipeline = COVE_TRY(parse_pipeline(Kind::right_paren, "parenthesized pipeline", 1));
        --depth_;
        next();
        return {};
      case Kind::number:
      case Kind::character:
      case Kind::string:
        return parse_literal(token, operand);
      default:
        return unexpected(token, where);
    }
  }

  Status parse_identifier(const Token& token, Operand& operand) const {
    if (token.text == "nil") {
      operand.kind = Operand::Kind::nil;
      return {};
    }
    if (token.text == "true" || token.text == "false") {
      operand.kind = Operand::Kind::constant;
      operand.constant = token.text == "true";
      return {};
    }
    operand.kind = Operand::Kind::function;
    operand.name = token.text;
    operand.function = find_function(token.text);
    if (operand.function != nullptr) return {};
    Error problem = error(token.offset, fmt::format("function \"{}\" not defined", token.text));
    problem.set_hint(fmt::format("a field begins with a point: {{{{.{}}}}}", token.text));
    return problem;
  }

  Status parse_literal(const Token& token, Operand& operand) const {
    operand.kind = Operand::Kind::constant;
    std::optional<Value> value;
    if (token.kind == Kind::number) value = parse_constant(token.text);
    if (token.kind == Kind::character) value = parse_character(token.text);
    if (token.kind == Kind::string) {
      if (auto text = unquote(token.text)) value = Value(std::move(*text));
    }
    if (!value) return error(token.offset, fmt::format("bad constant {}", quote(token.text)));
    operand.constant = std::move(*value);
    return {};
  }

  [[nodiscard]] Status check_calls() const {
    COVE_TRY(check_calls(tree_.root));
    for (const auto& [name, list] : tree_.named) COVE_TRY(check_calls(list));
    return {};
  }

  [[nodiscard]] Status check_calls(const List& list) const {
    for (const Node& node : list) {
      if (node.kind == Node::Kind::call && !tree_.named.contains(node.text)) {
        return error(node.extent.begin, fmt::format("template {} not defined", quote(node.text)));
      }
      COVE_TRY(check_calls(node.body));
      COVE_TRY(check_calls(node.otherwise));
    }
    return {};
  }

  Tree& tree_;
  std::span<const Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  size_t loops_ = 0;
  size_t closing_ = 0;  // where the last end or else stood
  std::vector<std::string> variables_{"$"};
};

}  // namespace

Result<Tree> parse_template(std::string_view text) {
  if (text.size() > kLongestTemplate) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("failed to parse template: longer than {} bytes", kLongestTemplate));
  }
  Tree tree{.text = std::string(text)};
  const std::vector<Token> tokens = COVE_TRY(split_tokens(tree.text));
  COVE_TRY(Parser(tree, tokens).run());
  return tree;
}

}  // namespace cove::cli::format::tree
