// Certificates made when a test runs, in a folder that goes when it ends.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace gateway::tls::testing {

/// A key and a certificate, each in a file.
struct Identity {
  std::string certificate_file;
  std::string key_file;
  std::array<std::uint8_t, 32> sha256{};
};

/// One authority and what it signed.
class Authority {
 public:
  explicit Authority(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ligament-tls-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    key_ = make_key();
    certificate_ = make_certificate(name, key_.get(), true);
    own_ = save("ca", certificate_.get(), key_.get());
  }
  ~Authority() { std::filesystem::remove_all(folder_); }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  [[nodiscard]] const std::string& ca_file() const { return own_.certificate_file; }
  /// A certificate for the host name `name`.
  [[nodiscard]] Identity issue(const std::string& name) {
    const Key key = make_key();
    const Certificate certificate = make_certificate(name, key.get(), false);
    return save(name, certificate.get(), key.get());
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(FILE* file) const { std::fclose(file); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  static Key make_key() { return Key(EVP_EC_gen("P-256")); }

  Certificate make_certificate(const std::string& name, EVP_PKEY* key, bool is_authority) {
    Certificate certificate(X509_new());
    X509* raw = certificate.get();
    X509_set_version(raw, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
    X509_set_pubkey(raw, key);
    X509_NAME* subject = X509_get_subject_name(raw);
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    X509_set_issuer_name(raw, is_authority ? subject : X509_get_subject_name(certificate_.get()));
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, is_authority ? raw : certificate_.get(), raw, nullptr, nullptr, 0);
    const std::string extension_text = is_authority ? "critical,CA:TRUE" : "DNS:" + name;
    const std::unique_ptr<X509_EXTENSION, Free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, is_authority ? NID_basic_constraints : NID_subject_alt_name,
                            extension_text.c_str()));
    X509_add_ext(raw, extension.get(), -1);
    X509_sign(raw, key_.get(), EVP_sha256());
    return certificate;
  }

  Identity save(const std::string& name, X509* certificate, EVP_PKEY* key) const {
    Identity identity{folder_ + "/" + name + ".pem", folder_ + "/" + name + ".key", {}};
    const std::unique_ptr<FILE, Free> certificate_file(std::fopen(identity.certificate_file.c_str(), "w"));
    PEM_write_X509(certificate_file.get(), certificate);
    const std::unique_ptr<FILE, Free> key_file(std::fopen(identity.key_file.c_str(), "w"));
    PEM_write_PrivateKey(key_file.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    X509_digest(certificate, EVP_sha256(), identity.sha256.data(), nullptr);
    return identity;
  }

  std::string folder_;
  long serial_ = 0;
  Key key_;
  Certificate certificate_;
  Identity own_;
};

}  // namespace gateway::tls::testing
