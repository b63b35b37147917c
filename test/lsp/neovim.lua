-- Run by neovim.test.ts in a headless neovim: asks the server by neovim's own client and writes the answers as JSON.
-- Environment: SERVER (command as JSON), FOLDER, OUT, REQUESTS (JSON: file, line, character (0-based), method).
local function run()
  local command = vim.fn.json_decode(vim.env.SERVER)
  local requests = vim.fn.json_decode(vim.env.REQUESTS)
  local id = vim.lsp.start_client({ name = "llmspell-state", cmd = command, root_dir = vim.env.FOLDER })
  assert(id, "the client did not start")
  local answers = {}
  for _, request in ipairs(requests) do
    vim.cmd("edit " .. vim.env.FOLDER .. "/" .. request.file)
    vim.bo.filetype = "lua"
    local buffer = vim.api.nvim_get_current_buf()
    vim.lsp.buf_attach_client(buffer, id)
    assert(
      vim.wait(10000, function() return vim.lsp.get_client_by_id(id).initialized end, 10),
      "the server did not initialize"
    )
    local params = {
      textDocument = { uri = vim.uri_from_bufnr(buffer) },
      position = { line = request.line, character = request.character },
    }
    for name, value in pairs(request.extra or {}) do
      params[name] = value
    end
    local reply
    vim.wait(10000, function()
      reply = vim.lsp.buf_request_sync(buffer, request.method, params, 10000)
      if not request["until"] then return true end
      local answer = vim.fn.json_encode(reply and reply[id] or vim.NIL)
      return answer:find(request["until"], 1, true) ~= nil
    end, 20)
    table.insert(answers, reply and reply[id] or vim.NIL)
  end
  vim.fn.writefile({ vim.fn.json_encode(answers) }, vim.env.OUT)
end

local ok, message = pcall(run)
if not ok then
  vim.fn.writefile({ vim.fn.json_encode({ error = tostring(message) }) }, vim.env.OUT)
end
vim.cmd("qa!")
