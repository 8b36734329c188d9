#include "broker.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <nats/nats.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reel::testing_nats {

namespace {

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (socket >= 0) {
    ::close(socket);
  }
  if (!bound) {
    throw std::system_error(errno, std::generic_category(), "looking for a free port");
  }
  return ntohs(address.sin_port);
}

pid_t spawn(const std::filesystem::path& configuration, const std::filesystem::path& log) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    throw std::system_error(errno, std::generic_category(), "starting nats-server");
  }
  if (child > 0) {
    return child;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(127);
  }
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execlp("nats-server", "nats-server", "-c", configuration.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

bool runs(pid_t process) {
  return process > 0 && ::waitpid(process, nullptr, WNOHANG) == 0;
}

bool jetstream_answers(const std::string& urls, const broker_settings& settings) {
  natsOptions* options = nullptr;
  natsConnection* connection = nullptr;
  jsCtx* jetstream = nullptr;
  jsAccountInfo* account = nullptr;
  natsOptions_Create(&options);
  natsOptions_SetURL(options, urls.c_str());
  natsOptions_SetTimeout(options, 500);
  natsOptions_SetAllowReconnect(options, false);
  if (!settings.user.empty()) {
    natsOptions_SetUserInfo(options, settings.user.c_str(), settings.password.c_str());
  }
  jsOptions wait;
  jsOptions_Init(&wait);
  wait.Wait = 500;
  bool good = natsConnection_Connect(&connection, options) == NATS_OK;
  if (good && settings.jetstream) {
    good = natsConnection_JetStream(&jetstream, connection, &wait) == NATS_OK &&
           js_GetAccountInfo(&account, jetstream, &wait, nullptr) == NATS_OK;
  }
  jsAccountInfo_Destroy(account);
  jsCtx_Destroy(jetstream);
  natsConnection_Destroy(connection);
  natsOptions_Destroy(options);
  return good;
}

} // namespace

/// Starts all servers from one thread that lives as long as the broker: the kernel ends a child with the thread, not
/// with the process, that started it.
class broker::spawner {
public:
  ~spawner() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  pid_t start(const std::filesystem::path& configuration, const std::filesystem::path& log) {
    std::packaged_task<pid_t()> task([&] { return spawn(configuration, log); });
    auto started = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
    return started.get();
  }

private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (tasks_.empty()) {
        return;
      }
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<pid_t()>> tasks_;
  bool ending_ = false;
  std::thread thread_{[this] { run(); }};
};

broker::broker(broker_settings settings) : settings_(std::move(settings)), spawner_(std::make_unique<spawner>()) {
  auto name = (std::filesystem::temp_directory_path() / "reel-nats-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "creating a folder for nats-server");
  }
  folder_ = name;
  servers_.resize(settings_.servers);
  // Somebody else may take a port between looking and listening: then all get new ones.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (start_all()) {
      return;
    }
  }
  const auto words = last_words(0);
  clear();
  throw std::runtime_error("nats-server does not start: " + words);
}

broker::~broker() {
  clear();
}

void broker::clear() {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    kill(i);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool broker::start_all() {
  for (auto& s : servers_) {
    s.client_port = free_port();
    s.route_port = free_port();
  }
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    start(i);
  }
  try {
    wait_ready();
    return true;
  } catch (const std::runtime_error&) {
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      kill(i);
    }
    return false;
  }
}

std::string broker::url(std::size_t server) const {
  return "nats://127.0.0.1:" + std::to_string(servers_[server].client_port);
}

std::string broker::urls() const {
  std::string all;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    all += (i == 0 ? "" : ",") + url(i);
  }
  return all;
}

std::filesystem::path broker::folder(std::size_t server) const {
  return folder_ / ("n" + std::to_string(server));
}

std::filesystem::path broker::store(std::size_t server) const {
  return folder(server) / "store";
}

void broker::write_configuration(std::size_t index) const {
  std::filesystem::create_directories(folder(index));
  std::ofstream out(folder(index) / "server.conf");
  out << "listen: \"127.0.0.1:" << servers_[index].client_port << "\"\n";
  out << "server_name: n" << index << "\nmax_payload: " << settings_.max_payload << "\n";
  if (settings_.jetstream) {
    out << "jetstream { store_dir: " << store(index)
        << ", max_memory_store: 64MB, max_file_store: " << settings_.max_file_store << " }\n";
  }
  if (!settings_.user.empty()) {
    out << "authorization { user: " << settings_.user << ", password: " << settings_.password << " }\n";
  }
  if (servers_.size() > 1) {
    out << "cluster {\n  name: test\n  listen: \"127.0.0.1:" << servers_[index].route_port << "\"\n  routes: [";
    for (const auto& s : servers_) {
      out << " \"nats://127.0.0.1:" << s.route_port << "\",";
    }
    out << " ]\n}\n";
  }
}

void broker::start(std::size_t server) {
  write_configuration(server);
  servers_[server].process = spawner_->start(folder(server) / "server.conf", folder(server) / "log");
}

void broker::kill(std::size_t server) {
  auto& process = servers_[server].process;
  if (process > 0) {
    ::kill(process, SIGKILL);
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
    process = 0;
  }
}

void broker::pause(std::size_t server) {
  ::kill(servers_[server].process, SIGSTOP);
}

void broker::resume(std::size_t server) {
  ::kill(servers_[server].process, SIGCONT);
}

void broker::wait_ready() {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    while (servers_[i].process > 0 && !jetstream_answers(url(i), settings_)) {
      if (!runs(servers_[i].process)) {
        servers_[i].process = 0;
        throw std::runtime_error("nats-server ended: " + last_words(i));
      }
      if (std::chrono::steady_clock::now() > limit) {
        throw std::runtime_error("nats-server does not answer: " + last_words(i));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

std::string broker::last_words(std::size_t server) const {
  std::ifstream in(folder(server) / "log");
  std::stringstream all;
  all << in.rdbuf();
  auto text = all.str();
  constexpr std::size_t shown = 2000;
  return text.size() > shown ? text.substr(text.size() - shown) : text;
}

} // namespace reel::testing_nats
