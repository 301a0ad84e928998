# LWP with HTTP::Cookies, kept in a file. Lines in: a command and an origin; lines out: the body of the answer.
use strict;
use warnings;
use HTTP::Cookies;
use JSON::PP;
use LWP::UserAgent;

my $jar = HTTP::Cookies->new(file => $ARGV[0], autosave => 1);
my $agent = LWP::UserAgent->new(cookie_jar => $jar);

sub log_in {
  my ($origin, $remember) = @_;
  my $body = { email => 'ada@example.com', password => 'correct horse battery', remember => $remember };
  return $agent->post("$origin/auth/login", 'Content-Type' => 'application/json', Content => encode_json($body));
}

sub show_user {
  my ($origin) = @_;
  return $agent->get("$origin/auth/user");
}

sub log_out {
  my ($origin) = @_;
  return $agent->post("$origin/auth/logout", 'Content-Type' => 'application/json');
}

my %commands = (
  login => sub { log_in(@_, JSON::PP::false) },
  remember => sub { log_in(@_, JSON::PP::true) },
  user => \&show_user,
  logout => \&log_out,
);
$| = 1;
while (my $line = <STDIN>) {
  my ($command, $origin) = split ' ', $line;
  print $commands{$command}->($origin)->content, "\n";
}
