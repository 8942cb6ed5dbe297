/** What a browser sees that has not shown the token yet. */
export const loginPage = (wrong: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HyperVolt</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh; margin: 0; background: #f4f6f8; color: #1c2733 }
  form { display: grid; gap: 0.75rem; width: min(24rem, 88vw); padding: 2rem; background: #fff; border-radius: 12px; box-shadow: 0 2px 16px #0002 }
  input, button { font: inherit; padding: 0.6rem 0.8rem; border-radius: 8px; border: 1px solid #9aa7b4 }
  button { background: #0b6bcb; color: #fff; border-color: #0b6bcb }
  .wrong { color: #b3261e }
  @media (prefers-color-scheme: dark) { body { background: #11181f; color: #e6edf3 } form { background: #1b2530 } input { background: #11181f; color: inherit } .wrong { color: #ffb4ab } }
</style>
<form method="post" action="login">
  <h1>HyperVolt</h1>
  <label for="token">The token from the log of the first start</label>
  ${wrong ? '<p class="wrong" role="alert">That token is wrong.</p>' : ""}
  <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
  <button>Open</button>
</form>
</html>
`;
