/* The HttpClient of the JDK. Lines in: a command and an origin; lines out: the body of the answer. */
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

class HttpClientLogin {
  static final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  static String logIn(String origin, boolean remember) throws Exception {
    var body = """
        {"email": "ada@example.com", "password": "correct horse battery", "remember": %b}""";
    return send(HttpRequest.newBuilder(URI.create(origin + "/auth/login"))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.formatted(remember))));
  }

  static String showUser(String origin) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(origin + "/auth/user")));
  }

  static String logOut(String origin) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(origin + "/auth/logout")).POST(BodyPublishers.noBody()));
  }

  static String send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString()).body();
  }

  public static void main(String[] args) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var words = line.split(" ");
      System.out.println(switch (words[0]) {
        case "login" -> logIn(words[1], false);
        case "remember" -> logIn(words[1], true);
        case "user" -> showUser(words[1]);
        case "logout" -> logOut(words[1]);
        default -> throw new IllegalArgumentException(line);
      });
    }
  }
}
