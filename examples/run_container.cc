// A container from a bundle, through its whole life, with libcove. Usage, as root: run_container BUNDLE ROOT
// BUNDLE is a directory with a config.json whose process runs until it is killed, ROOT one for the
// containers' records.
#include <cove/container.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>

namespace {

// Prints why, and gives true, if it did not come about.
template <typename T>
bool failed(const char* what, const cove::Expected<T>& outcome) {
  if (outcome.ok()) return false;
  const cove::Failure& failure = outcome.failure();
  std::cerr << what << ": " << failure.message << '\n';
  if (!failure.hint.empty()) std::cerr << "hint: " << failure.hint << '\n';
  return true;
}

// Runs a command in the container and prints what it says.
bool show_command(cove::Container& container) {
  std::array<int, 2> pipe_ends{};
  if (::pipe2(pipe_ends.data(), 0) != 0) return false;
  cove::ExecRequest request;
  request.args = {"/bin/sh", "-c", "echo process $$ sees $NAME; exit 3"};
  request.env = {"NAME=libcove"};
  request.streams.output = pipe_ends[1];
  auto process = container.exec(request);
  ::close(pipe_ends[1]);
  if (failed("exec", process)) return false;
  std::array<char, 256> text{};
  const ssize_t count = ::read(pipe_ends[0], text.data(), text.size());
  ::close(pipe_ends[0]);
  const auto ended = process->wait();
  if (failed("wait", ended)) return false;
  std::cout << std::string(text.data(), count > 0 ? static_cast<size_t>(count) : 0);
  std::cout << "exit code " << ended->code << '\n';
  return true;
}

bool use(cove::Container& container) {
  if (failed("start", container.start())) return false;
  if (!show_command(container)) return false;
  if (failed("update", container.update({.processes = 20}))) return false;
  const auto stats = container.stats();
  if (failed("stats", stats)) return false;
  std::cout << "processes " << stats->processes << " of " << stats->processes_limit << ", memory "
            << (stats->memory_bytes > 0 ? "in use" : "not counted") << '\n';
  if (failed("kill", container.kill(SIGKILL))) return false;
  const auto ended = container.wait();
  if (failed("wait", ended)) return false;
  std::cout << "ended by signal " << ended->signal << '\n';
  const auto state = container.state();
  if (failed("state", state)) return false;
  std::cout << (state->state == cove::ContainerState::stopped ? "stopped" : "not stopped") << '\n';
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: run_container BUNDLE ROOT\n";
    return 2;
  }
  cove::Runtime runtime;
  runtime.root = argv[2];
  runtime.warn = [](std::string_view message) { std::cerr << "warning: " << message << '\n'; };
  auto container =
      cove::Container::create(runtime, {.id = "example-" + std::to_string(::getpid()), .bundle = argv[1]});
  if (failed("create", container)) return 1;
  const bool used = use(*container);
  // Whatever has happened: nothing of it is to stay.
  if (failed("remove", container->remove(true))) return 1;
  if (used) std::cout << "removed\n";
  return used ? 0 : 1;
}
