#include "monitor/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/log.h"
#include "logs/writer.h"
#include "monitor/backoff.h"
#include "monitor/clients.h"
#include "monitor/helpers.h"
#include "monitor/plan.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/stream.h"
#include "sys/tty.h"
#include "sys/wait_status.h"

namespace cove::monitor {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr size_t kPage = 4096;

// In the program's own data, on pages of their own: where nothing is written no memory is used, nor by a
// heap's notes on them.
alignas(kPage) Packet output_packet{};
alignas(kPage) Packet client_packet{};

class Monitor {
 public:
  Monitor(MonitorPlan plan, logs::LogWriter log, UniqueFd lock)
      : plan_(std::move(plan)), log_(std::move(log)), lock_(std::move(lock)) {}

  Status prepare();
  // Until the container has ended for good.
  Status run();

 private:
  enum class Work : uint8_t {
    launching,  // a launcher is at work
    running,
    draining,    // process 1 is dead; what it has written is still to be read
    ending,      // a helper puts the end on record
    unrecorded,  // it could not; it will be tried again
    waiting,     // for the next start
    finished,
  };
  enum Slot : size_t {
    signals_slot,
    listener_slot,
    launcher_slot,
    out_slot,
    err_slot,
    input_slot,
    first_client_slot
  };

  Status launch();
  Status wait_for_events();
  void fill_entries();
  Status handle_entries();
  void reap();
  void child_ended(pid_t pid, int wait_status);
  void launcher_ended(int wait_status);
  void end_recorded(int wait_status);
  void take_launched();
  void read_output(sys::Stream& stream, logs::Channel channel);
  bool pass_on(logs::Channel channel, size_t size);
  void read_client(size_t place);
  void write_input();
  void finish_draining();
  void spawn_ended();
  void retry_ended();
  void finish();
  void stop_asked();
  void timers();
  [[nodiscard]] uint64_t next_deadline() const noexcept;
  static Result<pid_t> run_cove(std::vector<std::string> argv, const std::vector<int>& fds);
  Result<pid_t> spawn(std::string_view command, std::string_view argument);

  MonitorPlan plan_;
  logs::LogWriter log_;
  Work work_ = Work::launching;
  UniqueFd lock_;  // of the container, until the first launcher has it
  UniqueFd signals_;
  UniqueFd listener_;
  UniqueFd launcher_socket_;
  sys::Stream out_, err_, input_;
  bool terminal_ = false;
  std::vector<UniqueFd> kept_;  // open for as long as the container lives
  Clients clients_;
  Packet& output_ = output_packet;
  Packet& from_client_ = client_packet;
  size_t output_size_ = 0;
  size_t input_begin_ = 0, input_end_ = 0;  // what of from_client_ is still to be written
  bool input_closing_ = false;
  bool settled_ = false;  // the memory of the start is given back
  pid_t container_ = 0, launcher_ = 0, ended_ = 0, health_ = 0, compress_ = 0, stop_ = 0;
  bool no_restart_ = false;  // somebody asked for the end
  int wait_status_ = 0;
  uint64_t started_ns_ = 0, next_start_ns_ = 0, next_check_ns_ = sys::kNever;
  Backoff restarts_, records_;
  std::array<struct pollfd, first_client_slot + kMaxClients> entries_{};
};

Status Monitor::prepare() {
  COVE_TRY(sys::set_process_name(kMonitorName.data()));
  COVE_TRY(sys::start_session());
  COVE_TRY(sys::change_directory("/"));
  COVE_TRY(sys::set_child_subreaper());
  const sys::SignalSet handled{SIGCHLD, SIGTERM};
  sys::SignalSet blocked = handled;
  // A terminal or a session that ends is nothing to us; SIGPIPE comes back as an error.
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ, SIGTSTP, SIGUSR1, SIGUSR2})
    blocked.add(signal);
  COVE_TRY(sys::block_signals(blocked));
  signals_ = COVE_TRY(sys::open_signal_fd(handled));
  const UniqueFd directory = COVE_TRY(sys::open_path(plan_.run_directory.c_str(), O_RDONLY | O_DIRECTORY));
  // One of a monitor before us: the container's lock says that it is gone.
  static_cast<void>(sys::remove_file_at(directory.get(), kAttachSocket));
  listener_ = COVE_TRY(sys::listen_at(directory.get(), kAttachSocket));
  if (plan_.starter_attached) clients_.add(UniqueFd(kStarterFd));
  return launch();
}

// The container's ends of its streams go to the launcher, and from there to the container alone.
Status Monitor::launch() {
  work_ = Work::launching;
  UniqueFd in, out, err;
  if (!plan_.tty) {
    sys::PipePair out_pipe = COVE_TRY(sys::make_pipe());
    sys::PipePair err_pipe = COVE_TRY(sys::make_pipe());
    out = std::move(out_pipe.write_end);
    err = std::move(err_pipe.write_end);
    out_ = COVE_TRY(sys::Stream::own(std::move(out_pipe.read_end)));
    err_ = COVE_TRY(sys::Stream::own(std::move(err_pipe.read_end)));
    if (plan_.interactive) {
      sys::PipePair in_pipe = COVE_TRY(sys::make_pipe());
      in = std::move(in_pipe.read_end);
      input_ = COVE_TRY(sys::Stream::own(std::move(in_pipe.write_end)));
    }
  }
  sys::SocketPair pair = COVE_TRY(sys::make_seqpacket_pair());
  launcher_socket_ = std::move(pair.first);
  const int report = sys::is_open_for(kReportFd, O_WRONLY) ? kReportFd : -1;
  std::vector<int> fds{in.get(), out.get(), err.get(), report, pair.second.get()};
  if (lock_.valid()) fds.push_back(lock_.get());
  launcher_ = COVE_TRY(run_cove({std::string(kLaunchCommand), plan_.id, fmt::format("{}", ::getpid())}, fds));
  lock_.reset();
  // Whoever waits for the start sees the end of the socket when the launcher is gone.
  if (report >= 0) UniqueFd(kReportFd).reset();
  return {};
}

// The very program that started the monitor, also when another one has been installed since.
Result<pid_t> Monitor::run_cove(std::vector<std::string> argv, const std::vector<int>& fds) {
  argv.insert(argv.begin(), "cove");
  // Through the monitor's own descriptor: the child's are closed by the time that it executes.
  return sys::spawn_with_fds(fmt::format("/proc/{}/fd/{}", ::getpid(), kProgramFd).c_str(), argv, fds);
}

Result<pid_t> Monitor::spawn(std::string_view command, std::string_view argument) {
  std::vector<std::string> argv{std::string(command), plan_.id};
  if (!argument.empty()) argv.emplace_back(argument);
  return run_cove(std::move(argv), {-1, -1, -1});
}

void Monitor::take_launched() {
  Launched launched;
  Result<sys::Datagram> received = sys::receive_datagram(
      launcher_socket_.get(), {reinterpret_cast<std::byte*>(&launched), sizeof launched});
  if (!received || received->size != sizeof launched) {
    launcher_socket_.reset();
    return;
  }
  container_ = launched.pid;
  kept_ = std::move(received->fds);
  if (launched.terminal == 0 || kept_.empty()) return;
  // One for each direction: reading and writing end apart.
  Result<UniqueFd> copy = sys::duplicate_fd(kept_.front().get());
  Result<sys::Stream> reading = sys::Stream::own(std::move(kept_.front()));
  if (copy) {
    if (Result<sys::Stream> writing = sys::Stream::own(std::move(*copy))) input_ = std::move(*writing);
  }
  if (reading) out_ = std::move(*reading);
  kept_.erase(kept_.begin());
  terminal_ = true;
}

void Monitor::launcher_ended(int wait_status) {
  launcher_ = 0;
  if (launcher_socket_.valid()) take_launched();
  launcher_socket_.reset();
  // The container may have ended before its launcher did.
  if (work_ != Work::launching) return;
  if (container_ != 0) {
    work_ = Work::running;
    if (no_restart_) stop_asked();
    started_ns_ = sys::monotonic_nanoseconds();
    const uint64_t interval =
        plan_.health_start_period_ms != 0 ? plan_.health_start_interval_ms : plan_.health_interval_ms;
    next_check_ns_ = plan_.health_interval_ms == 0 ? sys::kNever : started_ns_ + interval * kMillisecond;
    return;
  }
  if (WIFEXITED(wait_status)) {
    // It has said why, and left nothing.
    work_ = Work::finished;
    return;
  }
  // Killed: whatever it had made is found by its intent.
  container_ = 0;
  wait_status_ = wait_status;
  spawn_ended();
}

void Monitor::child_ended(pid_t pid, int wait_status) {
  if (pid == launcher_) {
    launcher_ended(wait_status);
  } else if (pid == ended_) {
    end_recorded(wait_status);
  } else if (pid == health_) {
    health_ = 0;
  } else if (pid == compress_) {
    compress_ = 0;
  } else if (pid == stop_) {
    stop_ = 0;
  } else if (pid == container_) {
    wait_status_ = wait_status;
    container_ = 0;
    next_check_ns_ = sys::kNever;
    work_ = Work::draining;
  }
}

// Orphans of the container come to us as well, where it has no pid namespace of its own.
void Monitor::reap() {
  while (true) {
    const Result<sys::EndedChild> ended = sys::wait_any(WNOHANG);
    if (!ended || ended->pid == 0) return;
    // Told apart once its launcher has said who it is.
    if (ended->pid != launcher_ && launcher_socket_.valid()) take_launched();
    child_ended(ended->pid, ended->status);
  }
}

// What lies in output_, to the log and to those who are attached. False: somebody could not take it yet.
bool Monitor::pass_on(logs::Channel channel, size_t size) {
  log_.append(channel, {output_.payload, size});
  output_.kind = channel == logs::Channel::out ? Kind::output : Kind::error_output;
  output_size_ = size;
  return clients_.broadcast(output_, output_size_);
}

void Monitor::read_output(sys::Stream& stream, logs::Channel channel) {
  if (clients_.pending()) return;
  const sys::IoResult result = stream.read_some(output_.payload);
  if (result.state == sys::IoState::would_block) return;
  if (result.state != sys::IoState::moved) {
    stream.close();
    return;
  }
  pass_on(channel, result.bytes);
}

void Monitor::write_input() {
  while (input_begin_ < input_end_) {
    const sys::IoResult result =
        input_.write_some({from_client_.payload + input_begin_, input_end_ - input_begin_});
    if (result.state == sys::IoState::would_block) return;
    if (result.state != sys::IoState::moved) {
      // Nobody reads it any more.
      input_.close();
      input_begin_ = input_end_ = 0;
      return;
    }
    input_begin_ += result.bytes;
  }
  if (input_closing_) input_.close();
}

void Monitor::read_client(size_t place) {
  const std::optional<size_t> size = clients_.receive(place, from_client_);
  if (!size || *size > kMaxPayload) return;
  switch (from_client_.kind) {
    case Kind::input:
      if (!input_.open()) return;
      input_begin_ = 0;
      input_end_ = *size;
      write_input();
      return;
    case Kind::input_closed:
      // A terminal has no end of input of its own.
      if (!terminal_) input_.close();
      return;
    case Kind::only_end:
      clients_.quieten(place);
      return;
    case Kind::resize:
      if (Resize size_now; *size == sizeof size_now && terminal_ && out_.open()) {
        std::memcpy(&size_now, from_client_.payload, sizeof size_now);
        static_cast<void>(sys::set_window_size(out_.fd(), {size_now.rows, size_now.columns, 0, 0}));
      }
      return;
    default:
      return;
  }
}

// All that was written is read once nothing comes any more: others may hold the streams open for ever.
void Monitor::finish_draining() {
  if (clients_.pending()) return;
  for (const auto& [stream, channel] :
       {std::pair{&out_, logs::Channel::out}, std::pair{&err_, logs::Channel::err}}) {
    while (stream->open()) {
      const sys::IoResult result = stream->read_some(output_.payload);
      if (result.state == sys::IoState::would_block) break;
      if (result.state != sys::IoState::moved) {
        stream->close();
        break;
      }
      if (!pass_on(channel, result.bytes)) return;
    }
  }
  out_.close();
  err_.close();
  input_.close();
  input_begin_ = input_end_ = 0;
  terminal_ = false;
  log_.end(logs::Channel::out);
  log_.end(logs::Channel::err);
  spawn_ended();
}

void Monitor::spawn_ended() {
  work_ = Work::ending;
  const Result<pid_t> spawned = spawn(kEndedCommand, fmt::format("{}", wait_status_));
  if (!spawned) return retry_ended();
  ended_ = *spawned;
}

// A full disk, a lack of processes, or somebody killed the helper: nobody else knows the exit status.
void Monitor::retry_ended() {
  work_ = Work::unrecorded;
  next_start_ns_ = sys::monotonic_nanoseconds() + records_.next(0);
}

void Monitor::end_recorded(int wait_status) {
  ended_ = 0;
  if (!WIFEXITED(wait_status)) return retry_ended();
  const int status = WEXITSTATUS(wait_status);
  if (status != 0 && status != kExitRestart) return retry_ended();
  records_.reset();
  kept_.clear();
  if (status == 0 || no_restart_) return finish();
  const uint64_t now = sys::monotonic_nanoseconds();
  next_start_ns_ = now + restarts_.next(started_ns_ != 0 ? now - started_ns_ : 0);
  work_ = Work::waiting;
}

void Monitor::finish() {
  work_ = Work::finished;
  const auto status = static_cast<int32_t>(sys::exit_status_of(wait_status_));
  output_.kind = Kind::ended;
  std::memcpy(output_.payload, &status, sizeof status);
  clients_.broadcast(output_, sizeof status);
}

// systemd ends what it finds in a session or a service, the first time by SIGTERM, and gives it a minute and
// a half: the container gets its own time, and only the next boot may bring it back.
void Monitor::stop_asked() {
  no_restart_ = true;
  // `stop` between two tries, too: it puts the end on record itself.
  if (work_ == Work::waiting) return finish();
  if (work_ != Work::running || stop_ != 0) return;
  const Result<pid_t> spawned = run_cove({"system", "stop", plan_.id}, {-1, -1, -1});
  if (spawned) stop_ = *spawned;
}

uint64_t Monitor::next_deadline() const noexcept {
  if (work_ == Work::waiting || work_ == Work::unrecorded) return next_start_ns_;
  if (work_ == Work::running && health_ == 0) return next_check_ns_;
  return sys::kNever;
}

void Monitor::timers() {
  const uint64_t now = sys::monotonic_nanoseconds();
  if (work_ == Work::waiting && now >= next_start_ns_) {
    if (!launch()) finish();
    return;
  }
  if (work_ == Work::unrecorded && now >= next_start_ns_) return spawn_ended();
  if (work_ != Work::running || health_ != 0 || now < next_check_ns_) return;
  const Result<pid_t> spawned = spawn(kHealthCommand, {});
  if (spawned) health_ = *spawned;
  const bool starting = now - started_ns_ < plan_.health_start_period_ms * kMillisecond;
  next_check_ns_ =
      now + (starting ? plan_.health_start_interval_ms : plan_.health_interval_ms) * kMillisecond;
}

void Monitor::fill_entries() {
  const bool readable = !clients_.pending();
  entries_[signals_slot] = {signals_.get(), POLLIN, 0};
  entries_[listener_slot] = {listener_.get(), POLLIN, 0};
  entries_[launcher_slot] = {launcher_socket_.get(), POLLIN, 0};
  entries_[out_slot] = {readable ? out_.fd() : -1, POLLIN, 0};
  entries_[err_slot] = {readable ? err_.fd() : -1, POLLIN, 0};
  entries_[input_slot] = {input_begin_ < input_end_ ? input_.fd() : -1, POLLOUT, 0};
  clients_.fill(std::span(entries_).subspan<first_client_slot, kMaxClients>(), input_begin_ == input_end_);
}

Status Monitor::handle_entries() {
  if (entries_[signals_slot].revents != 0) {
    while (const auto signal = COVE_TRY(sys::read_signal(signals_.get()))) {
      if (signal->number == SIGCHLD) reap();
      if (signal->number == SIGTERM) stop_asked();
    }
  }
  if (entries_[listener_slot].revents != 0) {
    if (Result<UniqueFd> client = sys::accept_connection(listener_.get())) clients_.add(std::move(*client));
  }
  if (entries_[launcher_slot].revents != 0 && launcher_socket_.valid()) take_launched();
  if (clients_.pending()) clients_.resume(output_, output_size_);
  if (entries_[out_slot].revents != 0) read_output(out_, logs::Channel::out);
  if (entries_[err_slot].revents != 0) read_output(err_, logs::Channel::err);
  if (entries_[input_slot].revents != 0) write_input();
  for (size_t place = 0; place < kMaxClients; ++place) {
    const bool idle = input_begin_ == input_end_;
    if ((entries_[first_client_slot + place].revents & ~POLLOUT) != 0 && idle) read_client(place);
  }
  return {};
}

Status Monitor::wait_for_events() {
  fill_entries();
  if (work_ == Work::running && !settled_) {
    sys::release_pages_of_start();
    settled_ = true;
  }
  COVE_TRY(sys::poll_until(entries_, next_deadline()));
  COVE_TRY(handle_entries());
  timers();
  if (work_ == Work::draining) finish_draining();
  if (compress_ == 0 && log_.take_rotated()) {
    if (const Result<pid_t> spawned = spawn(kCompressCommand, {})) compress_ = *spawned;
  }
  return {};
}

Status Monitor::run() {
  while (work_ != Work::finished || clients_.pending()) COVE_TRY(wait_for_events());
  // Whoever has put the end on record has removed the attach socket: by now it may be that of the next
  // monitor.
  return {};
}

Status monitor(std::span<char* const> argv) {
  MonitorPlan plan = COVE_TRY(parse_arguments(argv));
  const logs::LogOptions options = COVE_TRY(logs::parse_log_options(plan.log_driver, plan.log_options));
  UniqueFd lock(sys::is_open_for(kLockFd, O_RDONLY) ? kLockFd : -1);
  COVE_TRY(sys::close_on_exec_from(3));
  const std::string directory = plan.directory + "/logs";
  UniqueFd logs_fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY));
  logs::LogWriter log =
      COVE_TRY(logs::LogWriter::open(std::move(logs_fd), options, logs::LogIdentity{plan.id, plan.name}));
  Monitor monitor(std::move(plan), std::move(log), std::move(lock));
  COVE_TRY(monitor.prepare());
  // From here on the launcher speaks to whoever waits; his own streams are not ours to hold.
  const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDWR));
  for (const int fd : {0, 1, 2}) COVE_TRY(sys::duplicate_fd_to(null.get(), fd));
  return monitor.run();
}

}  // namespace

int run_monitor(std::span<char* const> argv) {
  // Standard error is whoever started us, as long as he waits.
  const Status status = monitor(argv);
  if (status) return 0;
  log_error(status.error());
  return 1;
}

}  // namespace cove::monitor
