// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Who may run the exchange, and who may stop it: admins, operators, and each user for itself.
abstract contract ExchangeControls {
    error OnlyAdmin();
    error OnlyOperator();
    error TradingPaused();
    error UserPaused(address user);
    error MaxFeeRateTooHigh();

    event TradingPauseChanged(address indexed by, bool paused);
    event UserPauseRequested(address indexed user, uint256 effectiveBlock);
    event UserUnpaused(address indexed user);

    uint256 internal constant BPS = 10_000;
    /// As reported for production.
    uint256 private constant DEFAULT_USER_PAUSE_BLOCKS = 100;
    /// 10%: the highest published schedule, 7% of p(1-p) a share, stays below 7% of what changes hands.
    uint256 private constant DEFAULT_MAX_FEE_RATE_BPS = 1_000;

    mapping(address account => bool) public isAdmin;
    mapping(address account => bool) public isOperator;
    bool public paused;
    uint256 public userPauseBlockInterval = DEFAULT_USER_PAUSE_BLOCKS;
    /// The block from which a user's pause is in effect; zero means no pause.
    mapping(address user => uint256) public userPausedFromBlock;
    uint256 private maxFeeRateBps = DEFAULT_MAX_FEE_RATE_BPS;

    modifier onlyAdmin() {
        if (!isAdmin[msg.sender]) revert OnlyAdmin();
        _;
    }

    modifier onlyOperator() {
        if (!isOperator[msg.sender]) revert OnlyOperator();
        _;
    }

    modifier notPaused() {
        if (paused) revert TradingPaused();
        _;
    }

    constructor(address admin) {
        isAdmin[admin] = true;
        isOperator[admin] = true;
    }

    function addAdmin(address account) external onlyAdmin {
        isAdmin[account] = true;
    }

    function removeAdmin(address account) external onlyAdmin {
        isAdmin[account] = false;
    }

    function addOperator(address account) external onlyAdmin {
        isOperator[account] = true;
    }

    function removeOperator(address account) external onlyAdmin {
        isOperator[account] = false;
    }

    function pauseTrading() external onlyAdmin {
        paused = true;
        emit TradingPauseChanged(msg.sender, true);
    }

    function unpauseTrading() external onlyAdmin {
        paused = false;
        emit TradingPauseChanged(msg.sender, false);
    }

    function getMaxFeeRate() public view returns (uint256) {
        return maxFeeRateBps;
    }

    function setMaxFeeRate(uint256 bps) external onlyAdmin {
        if (bps > BPS) revert MaxFeeRateTooHigh();
        maxFeeRateBps = bps;
    }

    function setUserPauseBlockInterval(uint256 blocks) external onlyAdmin {
        userPauseBlockInterval = blocks;
    }

    /// Stops every order of the caller from settling, `userPauseBlockInterval` blocks from now.
    function pauseUser() external {
        userPausedFromBlock[msg.sender] = block.number + userPauseBlockInterval;
        emit UserPauseRequested(msg.sender, userPausedFromBlock[msg.sender]);
    }

    function unpauseUser() external {
        userPausedFromBlock[msg.sender] = 0;
        emit UserUnpaused(msg.sender);
    }

    function isUserPaused(address user) public view returns (bool) {
        uint256 from = userPausedFromBlock[user];
        return from != 0 && block.number >= from;
    }
}
