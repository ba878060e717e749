#include "cli/format/template_execute.h"

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "cli/format/template_functions.h"

namespace cove::cli::format::tree {
namespace {

constexpr size_t kMostSteps = 10'000'000;
constexpr size_t kMostBytes = size_t{64} << 20;
constexpr int64_t kLongestCount = 100'000;  // {{range 3}}
constexpr size_t kDeepest =
    300;  // constructs and parentheses within each other, through templates that call others

// A value of the data or of the arena; nullptr where Go has no value at all (a key that a map lacks).
using Ref = const Value*;

enum class Flow : uint8_t { next, leave, skip };

// A method or a field that is asked for with operands: those behind it, and the one piped into it.
struct Operands {
  std::vector<Ref> values;
  bool given = false;
};

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  return out;
}

std::string known_fields(const Object& object) {
  std::string names;
  for (const Member& member : object.members) {
    if (!names.empty()) names += ", ";
    names += member.key;
  }
  return names.empty() ? std::string("there are no fields here") : "the fields here are: " + names;
}

class Executor {
 public:
  Executor(const Tree& tree, Ref root, Purpose purpose, std::string& out)
      : tree_(tree), root_(root), heading_(purpose == Purpose::heading), out_(out) {
    variables_.emplace_back("$", root);
  }

  Status run() {
    COVE_TRY(walk(tree_.root, root_));
    return {};
  }

 private:
  [[nodiscard]] Error error(Extent extent, std::string_view what) const {
    const std::string part =
        harmless_text(std::string_view(tree_.text).substr(extent.begin, extent.end - extent.begin));
    return template_error(tree_.text, extent.begin, fmt::format("executing \"\" at <{}>: {}", part, what),
                          "execute");
  }

  Status step(Extent extent) {
    if (++steps_ > kMostSteps) return error(extent, "the template runs too long");
    return {};
  }

  Status take_bytes(size_t count, Extent extent) {
    bytes_ += count;
    if (bytes_ > kMostBytes) return error(extent, "the template makes too much text");
    return {};
  }

  Result<Ref> keep(Value value, Extent extent) {
    COVE_TRY(take_bytes(value_weight(value), extent));
    arena_.push_back(std::move(value));
    return &arena_.back();
  }

  Status append(std::string_view text, Extent extent) {
    COVE_TRY(take_bytes(text.size(), extent));
    out_ += text;
    return {};
  }

  Status enter(Extent extent) {
    if (++depth_ > kDeepest) return error(extent, "templates call each other too deeply");
    return {};
  }

  Result<Flow> walk(const List& list, Ref dot) {
    if (list.empty()) return Flow::next;
    COVE_TRY(enter(list.front().extent));
    const Flow flow = COVE_TRY(walk_nodes(list, dot));
    --depth_;
    return flow;
  }

  Result<Flow> walk_nodes(const List& list, Ref dot) {
    for (const Node& node : list) {
      COVE_TRY(step(node.extent));
      const Flow flow = COVE_TRY(walk_node(node, dot));
      if (flow != Flow::next) return flow;
    }
    return Flow::next;
  }

  Result<Flow> walk_node(const Node& node, Ref dot) {
    switch (node.kind) {
      case Node::Kind::text:
        COVE_TRY(append(node.text, node.extent));
        return Flow::next;
      case Node::Kind::action:
        return walk_action(node, dot);
      case Node::Kind::branch:
      case Node::Kind::with:
        return walk_branch(node, dot);
      case Node::Kind::range:
        return walk_range(node, dot);
      case Node::Kind::call:
        return walk_call(node, dot);
      case Node::Kind::leave:
        return Flow::leave;
      case Node::Kind::skip:
        return Flow::skip;
    }
    return Flow::next;
  }

  Result<Flow> walk_action(const Node& node, Ref dot) {
    const Ref value = COVE_TRY(evaluate(*node.pipeline, dot));
    if (!node.pipeline->variables.empty()) return Flow::next;
    COVE_TRY(append(value == nullptr ? std::string("<no value>") : print_go(*value), node.extent));
    return Flow::next;
  }

  Result<Flow> walk_branch(const Node& node, Ref dot) {
    const size_t mark = variables_.size();
    const Ref value = COVE_TRY(evaluate(*node.pipeline, dot));
    const bool taken = value != nullptr && is_true(*value);
    const Ref inside = taken && node.kind == Node::Kind::with ? value : dot;
    const Flow flow = COVE_TRY(walk(taken ? node.body : node.otherwise, inside));
    variables_.resize(mark);
    return flow;
  }

  Result<Flow> walk_call(const Node& node, Ref dot) {
    const Ref value = node.pipeline != nullptr ? COVE_TRY(evaluate(*node.pipeline, dot)) : nullptr;
    std::vector<std::pair<std::string_view, Ref>> outer{{"$", value}};
    outer.swap(variables_);
    const auto called = tree_.named.find(node.text);  // the parser saw that it is there
    COVE_TRY(walk(called->second, value));
    variables_ = std::move(outer);
    return Flow::next;
  }

  Result<Flow> walk_range(const Node& node, Ref dot) {
    const size_t mark = variables_.size();
    const Ref value = COVE_TRY(evaluate(*node.pipeline, dot));
    const std::vector<std::pair<Ref, Ref>> elements = COVE_TRY(elements_of(value, node.pipeline->extent));
    if (elements.empty()) {
      const Flow flow = COVE_TRY(walk(node.otherwise, dot));
      variables_.resize(mark);
      return flow;
    }
    const size_t inside = variables_.size();
    for (const auto& [key, element] : elements) {
      COVE_TRY(step(node.extent));
      COVE_TRY(set_loop_variables(*node.pipeline, key, element));
      const Flow flow = COVE_TRY(walk(node.body, element));
      variables_.resize(inside);
      if (flow == Flow::leave) break;
    }
    variables_.resize(mark);
    return Flow::next;
  }

  // One variable is the element, two are the key and the element.
  Status set_loop_variables(const Pipeline& pipeline, Ref key, Ref element) {
    const auto& names = pipeline.variables;
    if (names.empty()) return {};
    if (names.size() == 2) COVE_TRY(set_variable(names[0], key, pipeline.extent));
    return set_variable(names.back(), element, pipeline.extent);
  }

  // The keys and elements that a range goes through, maps in the order of their keys.
  Result<std::vector<std::pair<Ref, Ref>>> elements_of(Ref value, Extent extent) {
    std::vector<std::pair<Ref, Ref>> elements;
    if (value == nullptr) return elements;
    if (const Array* array = value->array()) {
      for (size_t i = 0; i < array->size(); ++i) {
        elements.emplace_back(COVE_TRY(keep(static_cast<int64_t>(i), extent)), &(*array)[i]);
      }
      return elements;
    }
    if (const auto* count = std::get_if<int64_t>(&value->data())) {
      if (*count > kLongestCount)
        return error(extent, fmt::format("range over {}: the template runs too long", *count));
      for (int64_t i = 0; i < *count; ++i) {
        const Ref number = COVE_TRY(keep(i, extent));
        elements.emplace_back(number, number);
      }
      return elements;
    }
    const Object* object = value->object();
    if (object == nullptr || object->kind != ObjectKind::map) {
      return error(extent, fmt::format("range can't iterate over a value of type {}", type_name(*value)));
    }
    for (const Member* member : members_by_key(*object)) {
      elements.emplace_back(COVE_TRY(keep(member->key, extent)), &member->value);
    }
    return elements;
  }

  Status set_variable(std::string_view name, Ref value, Extent extent) {
    for (size_t i = variables_.size(); i > 0; --i) {
      if (variables_[i - 1].first != name) continue;
      variables_[i - 1].second = value;
      return {};
    }
    return error(extent, fmt::format("undefined variable: {}", name));
  }

  Result<Ref> evaluate(const Pipeline& pipeline, Ref dot) {
    COVE_TRY(step(pipeline.extent));
    COVE_TRY(enter(pipeline.extent));
    std::optional<Ref> piped;
    for (const Command& command : pipeline.commands) {
      const Ref value = COVE_TRY(evaluate_command(command, dot, piped));
      piped = value != nullptr && value->is_null() ? nullptr : value;  // a field of (nil) is no error
    }
    for (const std::string& name : pipeline.variables) {
      if (pipeline.declares) {
        variables_.emplace_back(name, *piped);
      } else if (pipeline.variables.size() == 1) {
        COVE_TRY(set_variable(name, *piped, pipeline.extent));
      }
    }
    --depth_;
    return *piped;
  }

  Result<Ref> evaluate_command(const Command& command, Ref dot, std::optional<Ref> piped) {
    const Operand& first = command.words.front();
    const bool function = first.kind == Operand::Kind::function && first.fields.empty();
    if (function) return call_function(command, dot, piped);
    if (first.kind == Operand::Kind::nil) return error(first.extent, "nil is not a command");
    Operands operands{.given = command.words.size() > 1 || piped.has_value()};
    if (operands.given && first.fields.empty()) {
      const Extent second = command.words.size() > 1 ? command.words[1].extent : first.extent;
      return error(second, "can't give argument to non-function");
    }
    operands.values = COVE_TRY(evaluate_operands(command, dot, piped));
    return evaluate_operand(first, dot, operands);
  }

  // All words but the first, and what is piped.
  Result<std::vector<Ref>> evaluate_operands(const Command& command, Ref dot, std::optional<Ref> piped) {
    std::vector<Ref> values;
    for (size_t i = 1; i < command.words.size(); ++i) {
      values.push_back(COVE_TRY(evaluate_operand(command.words[i], dot, {})));
    }
    if (piped) values.push_back(*piped);
    return values;
  }

  Result<Ref> evaluate_operand(const Operand& operand, Ref dot, const Operands& operands) {
    COVE_TRY(step(operand.extent));
    const Ref base = COVE_TRY(evaluate_term(operand, dot));
    return walk_fields(operand, base, operands);
  }

  Result<Ref> evaluate_term(const Operand& operand, Ref dot) {
    switch (operand.kind) {
      case Operand::Kind::dot:
        return dot;
      case Operand::Kind::nil:
        return &nil_;
      case Operand::Kind::constant:
        return &operand.constant;
      case Operand::Kind::pipeline: {
        const size_t mark = variables_.size();
        const Ref value = COVE_TRY(evaluate(*operand.pipeline, dot));
        variables_.resize(mark);
        return value;
      }
      case Operand::Kind::function:
        return call_with(operand, {}, operand.extent);
      case Operand::Kind::variable:
        break;
    }
    for (size_t i = variables_.size(); i > 0; --i) {
      if (variables_[i - 1].first == operand.name) return variables_[i - 1].second;
    }
    return error(operand.extent, fmt::format("undefined variable: {}", operand.name));
  }

  Result<Ref> walk_fields(const Operand& operand, Ref value, const Operands& operands) {
    for (size_t i = 0; i < operand.fields.size(); ++i) {
      const bool last = i + 1 == operand.fields.size();
      const std::string& name = operand.fields[i];
      value = COVE_TRY(heading_ ? heading_field(value, name, operand.extent)
                                : field(value, name, operand.extent));
      const Object* object = value != nullptr ? value->object() : nullptr;
      const bool method = object != nullptr && object->kind == ObjectKind::lookup;
      if (method || (heading_ && last && operands.given)) {
        value = COVE_TRY(call_lookup(operand, name, object, last ? operands : Operands{}));
      } else if (last && operands.given) {
        return error(operand.extent, fmt::format("{} has arguments but is no method", name));
      }
    }
    return value;
  }

  Result<Ref> field(Ref receiver, const std::string& name, Extent extent) {
    if (receiver == nullptr) return nullptr;
    if (receiver->is_null()) return error(extent, fmt::format("nil pointer evaluating field {}", name));
    const Object* object = receiver->object();
    if (object == nullptr) {
      return error(extent, fmt::format("can't evaluate field {} in type {}", name, type_name(*receiver)));
    }
    const Value* found = object->find(name);
    if (found != nullptr || object->kind == ObjectKind::map) return found;
    Error problem = error(extent, fmt::format("there is no field {} here", quote(name)));
    problem.set_hint(known_fields(*object));
    return problem;
  }

  Result<Ref> heading_field(Ref receiver, const std::string& name, Extent extent) {
    if (receiver != nullptr) {
      if (const Value* found = receiver->find(name)) return found;
      if (const std::string* text = receiver->string()) return keep(*text + "." + upper_case(name), extent);
    }
    return keep(upper_case(name), extent);
  }

  // {{.Label "a"}}. Its heading is the last part of the operand, with blanks for '-' and '_'.
  Result<Ref> call_lookup(const Operand& operand, std::string_view name, const Object* object,
                          const Operands& operands) {
    if (operands.values.size() != 1) {
      return error(operand.extent,
                   fmt::format("wrong number of args for {}: want 1 got {}", name, operands.values.size()));
    }
    const Ref key = operands.values[0];
    const std::string* text = key != nullptr ? key->string() : nullptr;
    if (text == nullptr)
      return error(operand.extent, fmt::format("wrong type for value; expected string in {}", name));
    if (heading_) {
      std::string heading = text->substr(text->rfind('.') + 1);
      for (char& c : heading) c = c == '-' || c == '_' ? ' ' : c;
      return keep(std::move(heading), operand.extent);
    }
    const Value* found = object->find(*text);
    return found != nullptr ? found : &empty_;
  }

  Result<Ref> call_function(const Command& command, Ref dot, std::optional<Ref> piped) {
    const Operand& operand = command.words.front();
    COVE_TRY(step(operand.extent));
    if (operand.function->special == Function::Special::none) {
      const Extent extent{operand.extent.begin, command.words.back().extent.end};
      return call_with(operand, COVE_TRY(evaluate_operands(command, dot, piped)), extent);
    }
    const size_t count = command.words.size() - 1 + (piped ? 1 : 0);
    COVE_TRY(check_count(operand, count));
    const bool stop_at = operand.function->special == Function::Special::disjunction;
    Ref value = nullptr;
    for (size_t i = 1; i < command.words.size(); ++i) {
      value = COVE_TRY(evaluate_operand(command.words[i], dot, {}));
      if ((value != nullptr && is_true(*value)) == stop_at) return value;
    }
    return piped ? *piped : value;
  }

  [[nodiscard]] Status check_count(const Operand& operand, size_t count) const {
    const Function& function = *operand.function;
    if (count >= function.least && count <= function.most) return {};
    const std::string wanted = function.least == function.most
                                   ? fmt::format("{}", function.least)
                                   : fmt::format("at {} {}", count < function.least ? "least" : "most",
                                                 count < function.least ? function.least : function.most);
    return error(operand.extent,
                 fmt::format("wrong number of args for {}: want {} got {}", function.name, wanted, count));
  }

  Result<Ref> call_with(const Operand& operand, std::vector<Ref> values, Extent extent) {
    const Function& function = *operand.function;
    COVE_TRY(check_count(operand, values.size()));
    if (heading_ && function.keeps_heading) return values[0];
    for (Ref& value : values) value = value != nullptr ? value : &nil_;
    if (function.special != Function::Special::none) return values[0];
    Result<Value> result = function.call(values);
    if (!result.ok()) {
      return error(extent, fmt::format("error calling {}: {}", function.name, result.error().message()));
    }
    return keep(std::move(result).value(), extent);
  }

  const Tree& tree_;
  Ref root_;
  bool heading_;
  std::string& out_;
  std::vector<std::pair<std::string_view, Ref>> variables_;
  std::deque<Value> arena_;  // what was made on the way; addresses stay
  size_t steps_ = 0;
  size_t bytes_ = 0;
  size_t depth_ = 0;
  const Value nil_;
  const Value empty_{""};
};

}  // namespace

Status execute(const Tree& tree, const Value& root, Purpose purpose, std::string& out) {
  return Executor(tree, &root, purpose, out).run();
}

}  // namespace cove::cli::format::tree
