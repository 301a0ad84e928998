/* OkHttp with the cookie jar of okhttp-urlconnection. Lines in: a command and an origin; lines out: the body of the answer. */
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.CookieManager;
import okhttp3.JavaNetCookieJar;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

class OkHttpLogin {
  static final OkHttpClient client = new OkHttpClient.Builder()
      .cookieJar(new JavaNetCookieJar(new CookieManager()))
      .build();

  static String logIn(String origin, boolean remember) throws Exception {
    var body = """
        {"email": "ada@example.com", "password": "correct horse battery", "remember": %b}""";
    var json = RequestBody.create(MediaType.get("application/json"), body.formatted(remember));
    return send(new Request.Builder().url(origin + "/auth/login").post(json));
  }

  static String showUser(String origin) throws Exception {
    return send(new Request.Builder().url(origin + "/auth/user"));
  }

  static String logOut(String origin) throws Exception {
    return send(new Request.Builder().url(origin + "/auth/logout").post(RequestBody.create(null, "")));
  }

  static String send(Request.Builder request) throws Exception {
    try (var answer = client.newCall(request.build()).execute()) {
      return answer.body().string();
    }
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
