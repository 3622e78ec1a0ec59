// go run main.go serve ADDR CERT KEY: a server that ends each connection after a response. Its one group is P-256, so that clients
// whose first key share is another one get a HelloRetryRequest.
//
// go run main.go get URL CERT VERSION: two requests over TLS 1.VERSION, each on a connection of its own; the second one resumes the
// session. SSLKEYLOGFILE gets the secrets of the client.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

const page = `<title>no</title><script>
fetch("/one", {method: "POST", body: "x".repeat(300)}).then(r => r.text()).then(t => document.title = t);
</script>`

func serve(addr, cert, key string) error {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page)
			return
		}
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		fmt.Fprintf(w, "%s of %d bytes, resumed %v", r.Proto, len(content), r.TLS.DidResume)
	})
	server := http.Server{Addr: addr, Handler: handler, TLSConfig: &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP256}}}
	return server.ListenAndServeTLS(cert, key)
}

func get(url, cert, version string) error {
	pem, err := os.ReadFile(cert)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	secrets, err := os.OpenFile(os.Getenv("SSLKEYLOGFILE"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	versions := map[string]uint16{"2": tls.VersionTLS12, "3": tls.VersionTLS13}
	config := &tls.Config{
		RootCAs: roots, KeyLogWriter: secrets, MinVersion: versions[version], MaxVersion: versions[version],
		ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	for _, resumed := range []bool{false, true} {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
		answer, err := client.Post(url, "text/plain", strings.NewReader("hello"))
		if err != nil {
			return err
		}
		content, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		if expected := fmt.Sprintf("HTTP/2.0 of 5 bytes, resumed %v", resumed); string(content) != expected {
			return fmt.Errorf("the answer was %q, not %q", content, expected)
		}
		client.CloseIdleConnections()
		// Go 1.19 cannot resume a session after a HelloRetryRequest.
		config.CurvePreferences = []tls.CurveID{tls.CurveP256}
	}
	return nil
}

func main() {
	commands := map[string]func(string, string, string) error{"serve": serve, "get": get}
	if err := commands[os.Args[1]](os.Args[2], os.Args[3], os.Args[4]); err != nil {
		log.Fatal(err)
	}
}
