<?php
// PHP's curl with a cookie jar in a file. Lines in: a command and an origin; lines out: the body of the answer.

function send(string $url, array $options = []): string
{
    global $argv;
    $curl = curl_init($url);
    curl_setopt_array($curl, $options + [
        CURLOPT_COOKIEFILE => $argv[1],
        CURLOPT_COOKIEJAR => $argv[1], // written when the handle goes
        CURLOPT_RETURNTRANSFER => true,
    ]);
    return curl_exec($curl);
}

function log_in(string $origin, bool $remember): string
{
    $body = ['email' => 'ada@example.com', 'password' => 'correct horse battery', 'remember' => $remember];
    return send("$origin/auth/login", [
        CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        CURLOPT_POSTFIELDS => json_encode($body),
    ]);
}

function show_user(string $origin): string
{
    return send("$origin/auth/user");
}

function log_out(string $origin): string
{
    return send("$origin/auth/logout", [CURLOPT_CUSTOMREQUEST => 'POST']);
}

while (($line = fgets(STDIN)) !== false) {
    [$command, $origin] = explode(' ', trim($line));
    echo match ($command) {
        'login' => log_in($origin, false),
        'remember' => log_in($origin, true),
        'user' => show_user($origin),
        'logout' => log_out($origin),
    }, "\n";
}
