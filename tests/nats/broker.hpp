// A real nats-server, or a cluster of them, on loopback for one test: own ports, own folder, ended by process id.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace reel::testing_nats {

struct broker_settings {
  std::size_t servers = 1; ///< more than one: a JetStream cluster
  bool jetstream = true;
  std::string max_payload = "8MB";
  std::string max_file_store = "4GB"; ///< what JetStream may store in all
  std::string user;                   ///< empty: no credentials are asked for
  std::string password;
};

/// Lifecycle: the constructor starts the servers and waits until JetStream answers; the destructor kills them and
/// removes their folder. A server dies with the thread that started it, so a test that crashes leaves none behind;
/// start brokers from the test's main thread. Throws std::runtime_error when a server does not come up, with its last
/// words.
class broker {
public:
  explicit broker(broker_settings settings = {});
  ~broker();
  broker(const broker&) = delete;
  broker& operator=(const broker&) = delete;

  /// All servers, separated by commas, without credentials.
  [[nodiscard]] std::string urls() const;
  [[nodiscard]] std::string url(std::size_t server) const;
  [[nodiscard]] std::size_t servers() const {
    return servers_.size();
  }
  /// Where a server keeps its streams.
  [[nodiscard]] std::filesystem::path store(std::size_t server) const;

  /// SIGKILL, and waits for the end.
  void kill(std::size_t server = 0);
  /// Starts a server that was killed, on its old port and folder. Does not wait for JetStream.
  void start(std::size_t server = 0);
  void pause(std::size_t server = 0);
  void resume(std::size_t server = 0);
  /// Changes what the next start() of a server uses.
  [[nodiscard]] broker_settings& settings() {
    return settings_;
  }
  /// Waits until JetStream takes requests (a cluster: until it has a leader).
  void wait_ready();

private:
  struct member {
    std::uint16_t client_port = 0;
    std::uint16_t route_port = 0;
    pid_t process = 0;
  };

  class spawner;

  bool start_all();
  void clear();
  void write_configuration(std::size_t index) const;
  [[nodiscard]] std::filesystem::path folder(std::size_t server) const;
  [[nodiscard]] std::string last_words(std::size_t server) const;

  broker_settings settings_;
  std::filesystem::path folder_;
  std::vector<member> servers_;
  std::unique_ptr<spawner> spawner_;
};

} // namespace reel::testing_nats
